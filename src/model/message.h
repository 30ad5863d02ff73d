// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * message.h - what messages of a kernel mean
 *
 * One table for those who watch a console while a guest runs and for those who
 * judge it afterwards.  The first rule whose words stand in a line grades it.
 */
#ifndef TP_MODEL_MESSAGE_H
#define TP_MODEL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/record.h"

enum tp_grade {
	TP_GRADE_NOTE,     /* said in the report, fails nothing */
	TP_GRADE_FINDING,
	TP_GRADE_GAP,      /* messages are missing: what they said is not known */
	TP_GRADE_NO_PROOF, /* the medium failed: what is missing may be its fault */
};

struct tp_message {
	const char *words;  /* all that are separated by * stand in the line, in order */
	enum tp_grade grade;
	enum tp_finding_kind kind; /* of a finding */
	bool traces;        /* a call trace follows */
	bool ends;          /* nothing that such a kernel does later proves anything */
	const char *why;
};

extern const struct tp_message tp_messages[];
extern const size_t tp_nr_messages;

/* The rule of a line, or NULL. */
const struct tp_message *tp_message_of(const char *line);

/*
 * What tailpage itself puts among a guest's messages.  The agent says where it
 * is, who watches says how the guest came to its end; "%u NAME" and the like
 * follow.
 */
#define TP_SAYS        "tailpage: "         /* what all but the end begin with */
#define TP_SAYS_MOUNT  "tailpage: mount "   /* INDEX NAME: it begins */
#define TP_SAYS_FILE   "tailpage: file "    /* NUMBER: it is worked on */
#define TP_SAYS_ALIVE  "tailpage: alive"
#define TP_SAYS_END    "tailpage-agent: end " /* STATUS: the end was meant */
#define TP_SAYS_GONE   "tailpage: the guest ended by itself"
#define TP_SAYS_REBOOT "tailpage: the guest started anew"
#define TP_SAYS_SILENT "tailpage: the guest said nothing"
#define TP_SAYS_LATE   "tailpage: the guest did not end"
#define TP_SAYS_FLOOD  "tailpage: the guest flooded its console"
#define TP_SAYS_LOST   "tailpage: kernel messages were lost here"

#endif
