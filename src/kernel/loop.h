// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loop.h - loop devices that go away by themselves
 */
#ifndef TP_KERNEL_LOOP_H
#define TP_KERNEL_LOOP_H

struct tp_loop {
	int fd;
	char path[32];
};

/*
 * Attach the image to a free loop device with LO_FLAGS_AUTOCLEAR: when the last
 * user is gone, killed or not, so is the device.  0 or a negative errno (reported).
 */
int tp_loop_attach(const char *image, struct tp_loop *loop);

/* Give it back.  Waits until it is free, so that the image is all that is left.
 * 0, or -EBUSY (reported) when something still holds it. */
int tp_loop_detach(struct tp_loop *loop);

#endif
