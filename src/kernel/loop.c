// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loop.c - loop devices that go away by themselves
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "kernel/loop.h"

#define TRIES 64          /* others may take the free device first */
#define DETACH_TRIES 500  /* of 10 ms */

/* LOOP_CONFIGURE is of 5.8; before it a device is set up in two steps. */
static int configure(int fd, int image)
{
	struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };
	int err;
#ifdef LOOP_CONFIGURE
	struct loop_config config = { .fd = (unsigned)image, .info = info };

	if (ioctl(fd, LOOP_CONFIGURE, &config) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOTTY)
		return -errno;
#endif
	if (ioctl(fd, LOOP_SET_FD, image) != 0)
		return -errno;
	if (ioctl(fd, LOOP_SET_STATUS64, &info) == 0)
		return 0;
	err = -errno;
	ioctl(fd, LOOP_CLR_FD, 0);
	return err;
}

static int attach_free(int control, int image, struct tp_loop *loop)
{
	int nr = ioctl(control, LOOP_CTL_GET_FREE), err;

	if (nr < 0)
		return -errno;
	snprintf(loop->path, sizeof(loop->path), "/dev/loop%d", nr);
	loop->fd = open(loop->path, O_RDWR | O_CLOEXEC);
	if (loop->fd < 0)
		return -errno;
	err = configure(loop->fd, image);
	if (err < 0)
		close(loop->fd);
	return err;
}

int tp_loop_attach(const char *image, struct tp_loop *loop)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int file, err = -EBUSY;

	loop->fd = -1;
	if (control < 0)
		return tp_error(errno, "cannot open /dev/loop-control");
	file = open(image, O_RDWR | O_CLOEXEC);
	if (file < 0) {
		err = tp_error(errno, "cannot open %s", image);
		close(control);
		return err;
	}
	for (unsigned i = 0; i < TRIES && err == -EBUSY; i++)
		err = attach_free(control, file, loop);
	close(file);
	close(control);
	return err < 0 ? tp_error(-err, "cannot attach %s to a loop device", image) : 0;
}

int tp_loop_detach(struct tp_loop *loop)
{
	struct loop_info64 info;
	int fd, busy = 1;

	if (loop->fd < 0)
		return 0;
	close(loop->fd); /* autoclear acts at the last close */
	loop->fd = -1;
	for (unsigned i = 0; i < DETACH_TRIES && busy; i++) {
		fd = open(loop->path, O_RDONLY | O_CLOEXEC);
		busy = fd >= 0 && ioctl(fd, LOOP_GET_STATUS64, &info) == 0;
		if (fd >= 0)
			close(fd);
		if (busy)
			usleep(10000);
	}
	return busy ? tp_error(EBUSY, "%s is still in use", loop->path) : 0;
}
