// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * message.c - what messages of a kernel mean
 */
#include <string.h>

#include "base/buf.h"
#include "model/message.h"

#define NOTE     TP_GRADE_NOTE, TP_KERNEL_LOG, false, false
#define FINDING  TP_GRADE_FINDING, TP_KERNEL_LOG, false, false
#define TRACE    TP_GRADE_FINDING, TP_KERNEL_LOG, true, false
#define FATAL    TP_GRADE_FINDING, TP_KERNEL_LOG, true, true
#define PANIC    TP_GRADE_FINDING, TP_PANIC, true, true
#define HANG     TP_GRADE_FINDING, TP_HANG, false, true
#define HUNG     TP_GRADE_FINDING, TP_HANG, true, true
#define GAP      TP_GRADE_GAP, TP_KERNEL_LOG, false, false
#define NO_PROOF TP_GRADE_NO_PROOF, TP_KERNEL_LOG, false, false

/*
 * A warning and a lockdep report do not end a boot: the kernel goes on, and what
 * it does to data then is what we are here to see.
 */
const struct tp_message tp_messages[] = {
	{ TP_SAYS_LOST, GAP, "the log overflowed" },
	{ TP_SAYS_REBOOT, PANIC, "the kernel restarted the machine without a word" },
	{ TP_SAYS_GONE, PANIC, "the kernel switched the machine off, or died without a word" },
	{ TP_SAYS_SILENT, HANG, "neither the kernel nor the agent got to run" },
	{ TP_SAYS_FLOOD, PANIC, "it was ended before the disk was full" },
	{ TP_SAYS_LATE, HANG, "the agent lived, but did not come to its end" },
	{ "I/O error", NO_PROOF, "the medium failed" },
	{ "lost async page write", NO_PROOF, "the medium failed" },
	{ "invoked oom-killer", TP_GRADE_NO_PROOF, TP_KERNEL_LOG, true, false,
	  "memory ran out, and the kernel kills for it" },
	{ "EXT4-fs warning*ext4_evict_inode*data will be lost", NOTE,
	  "umount prints this of files that were stored by mmap, most of all in data=journal, "
	  "although nothing is lost; the image says whether it is true" },
	{ "EXT4-fs warning*ext4_convert_unwritten_extents_endio", NOTE,
	  "an extent status mismatch that CONFIG_EXT4_DEBUG kernels report; the image says "
	  "whether data suffered" },
	{ "Direct I/O collision with buffered writes", NOTE,
	  "a direct read or write met a block that waits for allocation and fails with EIO, "
	  "although the medium is sound" },
	{ "EXT4-fs error", FINDING, "ext4 found its own metadata in disorder" },
	{ "EXT4-fs*): error", FINDING, "ext4 reports an error" },
	{ "EXT4-fs*Delayed block allocation failed", FINDING,
	  "data that was accepted got no block" },
	{ "EXT4-fs*This should not happen!! Data will be lost", FINDING,
	  "ext4 says that it loses data" },
	{ "This should not happen.!! Data will be lost", FINDING, /* until 2.6.32 */
	  "ext4 says that it loses data" },
	{ "EXT4-fs*i_reserved_data_blocks*not cleared", FINDING,
	  "ext4 lost count of the blocks that it had promised" },
	{ "EXT4-fs*Remounting filesystem read-only", FINDING, "ext4 gave up writing" },
	{ "EXT4-fs*error count since last fsck", FINDING, "ext4 remembers an error" },
	{ "JBD2*error", FINDING, "the journal reports an error" },
	{ "Aborting journal", FINDING, "the journal was given up" },
	{ "Kernel panic", PANIC, "the kernel gave up" },
	{ "kernel BUG at", FATAL, "an assertion of the kernel failed" },
	{ "Kernel BUG at", FATAL, "an assertion of the kernel failed" }, /* without BUGVERBOSE */
	{ "BUG: KASAN:", FATAL, "wrong memory was used" },
	{ "BUG: unable to handle", FATAL, "a fault in the kernel" },
	{ "BUG: soft lockup", HUNG, "a processor hung" },
	{ "BUG:", TRACE, "the kernel found a bug in itself" },
	{ "UBSAN:", TRACE, "undefined behaviour" },
	{ "possible circular locking", TRACE, "lockdep" },
	{ "possible recursive locking", TRACE, "lockdep" },
	{ "inconsistent lock state", TRACE, "lockdep" },
	{ "suspicious RCU usage", TRACE, "lockdep" },
	{ "WARNING: ", TRACE, "an assumption of the kernel failed" },
	{ "Oops", FATAL, "a fault in the kernel" },
	{ "general protection fault", FATAL, "a fault in the kernel" },
	{ "blocked for more than", HUNG, "a task hung" },
	{ "rcu*detected stall", TRACE, "a processor hung" },
	{ "EXT4-fs warning", NOTE, "ext4 warns" },
};

const size_t tp_nr_messages = ARRAY_SIZE(tp_messages);

static bool has_words(const char *line, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "*");
		const char *hit = memmem(line, strlen(line), words, len);

		if (!hit)
			return false;
		line = hit + len;
		words += len;
		words += *words == '*';
	}
	return true;
}

const struct tp_message *tp_message_of(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(tp_messages); i++)
		if (has_words(line, tp_messages[i].words))
			return &tp_messages[i];
	return NULL;
}
