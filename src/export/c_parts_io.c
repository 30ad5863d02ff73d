// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_io.c - pieces of exported C programs: the size, and engines
 */
#include "export/c_parts.h"

const struct tp_c_part tp_c_parts_io[] = {
	{ "SIZE", NULL, NULL,
		"static long size_of(void)\n"
		"{\n"
		"\tstruct stat st;\n"
		"\n"
		"\treturn fstat(fd, &st) == 0 ? (long)st.st_size : -1;\n"
		"}\n" },
	{ "CHECK_SIZE", "SIZE", NULL,
		"static int check_size(const char *op, long want)\n"
		"{\n"
		"\tlong size = size_of();\n"
		"\n"
		"\tif (size != want)\n"
		"\t\tprintf(\"%s: size %ld, not %ld\\n\", op, size, want);\n"
		"\treturn size != want;\n"
		"}\n" },
	{ "DIRECT_FD", NULL, NULL,
		"static int direct_fd = -1;\n" },
	{ "DIRECT", "DIRECT_FD", NULL,
		"/* The file once more, for O_DIRECT. */\n"
		"static int direct(void)\n"
		"{\n"
		"\tif (direct_fd < 0)\n"
		"\t\tdirect_fd = open(name, O_RDWR | O_DIRECT);\n"
		"\treturn direct_fd;\n"
		"}\n" },
	{ "DSYNC", NULL, "sys/uio.h",
		"static long dsync_write(void *from, size_t len, long long off)\n"
		"{\n"
		"\tstruct iovec iov = { from, len };\n"
		"\n"
		"\treturn pwritev2(fd, &iov, 1, off, RWF_DSYNC);\n"
		"}\n" },
	{ "SHORT", NULL, "sys/mman.h",
		"/* Only the first half of the memory can be read. */\n"
		"static long short_write(const void *from, size_t len, long long off)\n"
		"{\n"
		"\tsize_t page = (size_t)sysconf(_SC_PAGESIZE), half = len / 2;\n"
		"\tsize_t room = (half + page - 1) / page * page;\n"
		"\tunsigned char *p = mmap(NULL, room + page, PROT_READ | PROT_WRITE,\n"
		"\t\t\t\tMAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
		"\tlong ret;\n"
		"\n"
		"\tif (p == MAP_FAILED || mprotect(p + room, page, PROT_NONE) != 0)\n"
		"\t\tcannot_tell(\"memory\");\n"
		"\tmemcpy(p + room - half, from, half);\n"
		"\tret = pwrite(fd, p + room - half, len, off);\n"
		"\tif (ret < 0 && errno == EFAULT) /* kernels that look at the last byte first */\n"
		"\t\terrno = EOPNOTSUPP;\n"
		"\treturn ret;\n"
		"}\n" },
	{ "COPY_RANGE", NULL, NULL,
		"static long copy_range(long long from, long long to, size_t len)\n"
		"{\n"
		"\treturn copy_file_range(fd, &(off_t){ from }, fd, &(off_t){ to }, len, 0);\n"
		"}\n" },
	{ "AIO", NULL, "linux/aio_abi.h,sys/syscall.h",
		"static long aio_write(int file, const void *from, size_t len, long long off)\n"
		"{\n"
		"\tstruct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = (unsigned)file,\n"
		"\t\t\t   .aio_buf = (unsigned long)from, .aio_nbytes = len, .aio_offset = off };\n"
		"\tstruct iocb *list[1] = { &cb };\n"
		"\tstruct io_event done;\n"
		"\taio_context_t ctx = 0;\n"
		"\n"
		"\tif (file < 0 || syscall(SYS_io_setup, 1, &ctx) != 0)\n"
		"\t\treturn -1;\n"
		"\tif (syscall(SYS_io_submit, ctx, 1L, list) != 1 ||\n"
		"\t    syscall(SYS_io_getevents, ctx, 1L, 1L, &done, NULL) != 1)\n"
		"\t\tcannot_tell(\"libaio\");\n"
		"\tsyscall(SYS_io_destroy, ctx);\n"
		"\terrno = done.res < 0 ? (int)-done.res : 0;\n"
		"\treturn done.res < 0 ? -1 : (long)done.res;\n"
		"}\n" },
	{ "URING", NULL, "linux/io_uring.h,sys/mman.h,sys/syscall.h",
		"/* One transfer through a ring of its own (io_uring_setup(2), io_uring_enter(2)). */\n"
		"static long uring(int opcode, int file, const void *memory, size_t len, long long off)\n"
		"{\n"
		"\tstruct io_uring_params p = { 0 };\n"
		"\tint ring = file < 0 ? -1 : (int)syscall(SYS_io_uring_setup, 1, &p);\n"
		"\tsize_t sq_bytes = p.sq_off.array + p.sq_entries * sizeof(unsigned);\n"
		"\tsize_t cq_bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);\n"
		"\tstruct io_uring_sqe *sqe;\n"
		"\tunsigned char *sq, *cq;\n"
		"\tint res;\n"
		"\n"
		"\tif (ring < 0)\n"
		"\t\treturn -1;\n"
		"\tsq = mmap(NULL, sq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,\n"
		"\t\t  IORING_OFF_SQ_RING);\n"
		"\tcq = mmap(NULL, cq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,\n"
		"\t\t  IORING_OFF_CQ_RING);\n"
		"\tsqe = mmap(NULL, p.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,\n"
		"\t\t   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);\n"
		"\tif (sq == MAP_FAILED || cq == MAP_FAILED || (void *)sqe == MAP_FAILED)\n"
		"\t\tcannot_tell(\"io_uring\");\n"
		"\t*sqe = (struct io_uring_sqe){ .opcode = (unsigned char)opcode, .fd = file,\n"
		"\t\t\t\t      .addr = (unsigned long)memory, .len = (unsigned)len,\n"
		"\t\t\t\t      .off = (unsigned long long)off };\n"
		"\t*(unsigned *)(void *)(sq + p.sq_off.array) = 0;\n"
		"\t__atomic_store_n((unsigned *)(void *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);\n"
		"\tif (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)\n"
		"\t\tcannot_tell(\"io_uring_enter\");\n"
		"\tres = ((struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes))->res;\n"
		"\tmunmap(sq, sq_bytes);\n"
		"\tmunmap(cq, cq_bytes);\n"
		"\tmunmap(sqe, p.sq_entries * sizeof(*sqe));\n"
		"\tclose(ring);\n"
		"\terrno = res < 0 ? -res : 0;\n"
		"\treturn res < 0 ? -1 : res;\n"
		"}\n" },
	{ .name = NULL },
};
