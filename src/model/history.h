// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * history.h - what every operation did
 *
 * The agent writes frames one after another, into a file or onto a raw disk; a
 * frame is a header and its payload, padded with zeros to TP_FRAME_ALIGN.  A
 * reader that meets a broken frame looks for the next header, so what is sound
 * before and after a flipped bit is still used, and counts what it had to skip.
 * Numbers are in the byte order of the machine that wrote them; the magic
 * number tells a reader of the other order, which refuses.
 */
#ifndef TP_MODEL_HISTORY_H
#define TP_MODEL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TP_FRAME_MAGIC 0x31485054u /* "TPH1" */
#define TP_FRAME_ALIGN 16
#define TP_FRAME_MAX (16u << 20)

enum tp_frame_kind {
	TP_FRAME_EVENTS = 1, /* struct tp_event[] */
	TP_FRAME_DATA,       /* struct tp_data_head, then the bytes that a read returned */
	TP_FRAME_LOOK,       /* struct tp_look[]: the second look */
	TP_FRAME_TEXT,       /* "WORD TEXT": what happened to the mount; see below */
	TP_FRAME_END,        /* empty: the agent came to its end; no frames follow */
};

struct tp_frame {
	uint32_t magic;
	uint16_t kind;
	uint16_t mount;  /* index in the plan */
	uint32_t bytes;  /* of payload, without padding */
	uint32_t check;  /* low half of XXH3 over kind, mount, bytes and payload */
};

/* One operation on one file. */
struct tp_event {
	uint32_t file;
	uint16_t op;       /* index in the sequence, or TP_EVENT_CLOSE */
	uint8_t actor;
	uint8_t pad;
	uint64_t begin_ns; /* CLOCK_MONOTONIC */
	uint64_t end_ns;
	int64_t result;    /* as the system call; bytes stored or copied; 0 or -1 */
	uint64_t size;     /* i_size where the operation looks at it, else 0 */
	int32_t err;       /* errno, TP_SIGBUS, or 0 */
	uint32_t thread;
};

/* The pseudo operation that ends a file's sequence; size is its i_size then. */
#define TP_EVENT_CLOSE 0xffff

struct tp_data_head {
	uint32_t file;
	uint16_t op;
	uint16_t pad;
};

/* A file as a fresh mount shows it. */
struct tp_look {
	uint32_t file;
	int32_t err;     /* errno when it could not be read */
	uint64_t size;
	uint64_t digest; /* of tp_digest_unit over the whole content */
};

/*
 * Words of TP_FRAME_TEXT:
 *	kernel RELEASE VERSION       options EFFECTIVE-OPTIONS
 *	page BYTES (of a page of this kernel)
 *	proc-options LIST            refused ERRNO OPTIONS
 *	cannot-mount ERRNO           mounted
 *	unmounted                    busy ERRNO (umount failed)
 *	absent REASON (what the mount needs beside the file system cannot be had here)
 *	ghost SECONDS (the file system outlived umount)
 *	hang FILE OP SECONDS         stopped REASON (the agent gave up)
 *	load-exit STATUS             check-exit STATUS
 *	second-look                  note TEXT
 *	device DEVICE (the file system's, as this kernel calls it)
 *	alone (this kernel runs no other agent)
 *	done (the agent is through with this mount, however it went)
 *	task NUMBER (a thread of the agent, as the kernel log will call it)
 */

/* Bytes that a frame of this payload takes. */
size_t tp_frame_bytes(size_t payload);

/* Write the frame at out, which has room for tp_frame_bytes. */
void tp_frame_put(enum tp_frame_kind kind, unsigned mount, const void *payload, size_t bytes,
		  void *out);

/* A reader over all of a history in memory. */
struct tp_history {
	const unsigned char *data;
	size_t len;
	size_t at;
	bool ended;          /* the END frame was seen */
	size_t skipped;      /* bytes that belonged to no sound frame */
};

/*
 * The next sound frame, or NULL at the end.  The payload is the bytes behind
 * the header.  Sets ended and skipped on the way.
 */
const struct tp_frame *tp_history_next(struct tp_history *h);

/* The frame's payload as text: what follows WORD and a blank, when it is a
 * text frame beginning with word; NULL otherwise.  Not NUL-terminated. */
const char *tp_frame_text(const struct tp_frame *f, const char *word, size_t *len);

#endif
