// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known_vendors.c - kernels of vendors, by their own numbers: which have an issue
 */
#include "known_list.h"

/* What uname -r and uname -v say. */
#define BOOKWORM_31 "6.1.0-31-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.128-1 (2025-02-07)"
#define BOOKWORM_32 "6.1.0-32-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.129-1 (2025-03-06)"
#define BOOKWORM_CLOUD "6.1.0-9-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.27-1 (2023-05-08)"
#define BULLSEYE "5.10.0-34-amd64 #1 SMP Debian 5.10.234-1 (2025-02-24)"
#define BACKPORT "6.12.9+bpo-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.9-1~bpo12+1 (2025-01-19)"
#define EL8 "4.18.0-553.el8_10.x86_64 #1 SMP Fri May 24 13:05:10 UTC 2024"
#define EL9 "5.14.0-503.11.1.el9_5.x86_64 #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024"
#define EL9_NEXT "5.14.0-503.14.1.el9_5.x86_64 #1 SMP PREEMPT_DYNAMIC Tue Oct 22 15:22:07 EDT 2024"
#define STREAM9 "5.14.0-547.el9.x86_64 #1 SMP PREEMPT_DYNAMIC Tue Dec 31 13:22:30 UTC 2024"
#define EL7 "3.10.0-1160.119.1.el7.x86_64 #1 SMP Tue Jun 4 14:43:51 UTC 2024"
#define UEK9 "5.15.0-300.163.18.el9uek.x86_64 #2 SMP Fri Aug 23 17:02:37 PDT 2024"
#define SLE15SP5 "5.14.21-150500.55.94-default #1 SMP PREEMPT_DYNAMIC Wed Jan 22 18:11:20 UTC 2025 (d8d7c0e)"
#define SLE15SP6 "6.4.0-150600.23.33-default #1 SMP PREEMPT_DYNAMIC Thu Jan  9 14:10:22 UTC 2025 (ba46628)"
#define TUMBLEWEED "6.13.1-1-default #1 SMP PREEMPT_DYNAMIC Mon Feb  3 05:33:25 UTC 2025 (1918d13)"
#define NOBLE "6.8.0-52-generic #53-Ubuntu SMP PREEMPT_DYNAMIC Sat Jan 11 00:06:25 UTC 2025"
#define NOBLE_REBUILT "6.8.0-52-generic #54-Ubuntu SMP PREEMPT_DYNAMIC Sun Jan 12 00:06:25 UTC 2025"
#define JAMMY_HWE "6.8.0-52-generic #53~22.04.1-Ubuntu SMP PREEMPT_DYNAMIC Wed Jan 15 19:18:46 UTC 2"
#define NOBLE_AZURE "6.8.0-1021-azure #25-Ubuntu SMP Wed Jan 15 20:45:09 UTC 2025"
#define FEDORA "6.12.9-200.fc41.x86_64 #1 SMP PREEMPT_DYNAMIC Thu Jan  9 16:05:40 UTC 2025"

/* Lines of an issue between semicolons, a kernel, and whether it has the issue. */
static const struct {
	const char *lines, *kernel;
	bool in;
} vendors[] = {
	/* what follows the word */
	{ "vendor Debian - 6.1.129-1", BOOKWORM_31, true },
	{ "vendor Debian - 6.1.129-1", BOOKWORM_32, false },
	{ "vendor Debian 6.1.129-1 -", BOOKWORM_31, false },
	{ "vendor Debian 6.1.129-1 -", BOOKWORM_32, true },
	{ "vendor Debian 6.1.128-1 6.1.128-2", BOOKWORM_31, true },
	{ "vendor Debian 6.1.128-2 -", BOOKWORM_31, false },
	{ "vendor Debian - 6.1.30-1", BOOKWORM_CLOUD, true },
	{ "vendor Debian - 6.1.4-1", BOOKWORM_CLOUD, false },
	{ "vendor Debian - 6.12.9-1", BACKPORT, false },
	{ "vendor Debian 6.12.9-1 6.12.9-2", BACKPORT, true },
	/* not the number that the release keeps */
	{ "kernels 6.1.1-6.2", BOOKWORM_31, false },
	{ "kernels 6.1.1-6.2;vendor Debian -", BOOKWORM_31, true },
	{ "kernels 6.1-6.2;vendor Debian none", BOOKWORM_31, false },
	{ "kernels 6.1-6.2;vendor Ubuntu none;vendor el9 none", BOOKWORM_31, true },
	/* several ranges of one vendor */
	{ "vendor Debian 5.10.1-1 5.10.234-1;vendor Debian 6.1.1-1 6.1.129-1", BOOKWORM_31, true },
	{ "vendor Debian 5.10.1-1 5.10.234-1;vendor Debian 6.1.1-1 6.1.129-1", BULLSEYE, false },
	{ "vendor Debian 6.1.1-1 6.1.129-1;vendor Debian 5.10.1-1 5.10.235-1", BULLSEYE, true },
	{ "vendor Debian 6.1.1-1 6.1.129-1;vendor Debian 5.10.1-1 5.10.235-1", BACKPORT, false },
	/* the release, with more than three numbers */
	{ "vendor el9 - 5.14.0-503.14.1", EL9, true },
	{ "vendor el9 - 5.14.0-503.14.1", EL9_NEXT, false },
	{ "vendor el9 5.14.0-503.11.1 5.14.0-503.11.2", EL9, true },
	{ "vendor el9 5.14.0-503.11.1 5.14.0-503.12", EL9_NEXT, false },
	{ "vendor el9 - 5.14.0-503.14.1", STREAM9, false },
	{ "vendor el9 5.14.0-70 -", STREAM9, true },
	{ "vendor el8 - 4.18.0-553.5.1", EL8, true },
	{ "vendor el8 4.18.0-553.5.1 -", EL8, false },
	{ "vendor el8 4.18.0-553 4.18.0-553.0.1", EL8, true },
	{ "vendor el7 3.10.0-1160.119.1 -", EL7, true },
	{ "vendor el7 - 3.10.0-1160.119.1", EL7, false },
	{ "kernels -6.13;vendor el9 none", EL8, true },
	{ "kernels -6.13;vendor el9 none", EL9, false },
	/* the first vendor whose word is there decides */
	{ "vendor el9 none;vendor el9uek -", UEK9, false },
	{ "vendor el9uek 5.15.0-300.163.18 5.15.0-301;vendor el9 none", UEK9, true },
	{ "vendor el9uek 5.15.0-300.163.18 5.15.0-301;vendor el9 none", EL9, false },
	{ "vendor 150500 5.14.21-150500.55.94 5.14.21-150500.55.97", SLE15SP5, true },
	{ "vendor 150500 - 5.14.21-150500.55.94", SLE15SP5, false },
	{ "vendor 150600 - 6.4.0-150600.23.38", SLE15SP6, true },
	{ "vendor 150600 - 6.4.0-150600.23.33", SLE15SP6, false },
	{ "kernels 6.13-6.14;vendor 150600 none", TUMBLEWEED, true },
	{ "kernels 6.13-6.14;vendor default 6.13.1-2 -", TUMBLEWEED, false },
	/* the release and the number of the build */
	{ "vendor Ubuntu - 6.8.0-53", NOBLE, true },
	{ "vendor Ubuntu 6.8.0-53 -", NOBLE, false },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", NOBLE, true },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", NOBLE_REBUILT, false },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", JAMMY_HWE, true },
	{ "vendor Ubuntu - 6.8.0-53", NOBLE_AZURE, false },
	{ "vendor azure - 6.8.0-1022;vendor Ubuntu - 6.8.0-53", NOBLE_AZURE, true },
	{ "vendor azure - 6.8.0-1022;vendor Ubuntu - 6.8.0-53", NOBLE, true },
	{ "vendor fc41 6.12.9-200 6.12.10", FEDORA, true },
	{ "vendor fc41 - 6.12.9-200", FEDORA, false },
	/* a word that continues another one is not the vendor's */
	{ "kernels 9-;vendor l9 -", EL9, false },
	{ "kernels 9-;vendor mel9 -", EL9, false },
	/* ranges of kernel.org side by side */
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.1.19 #1", true },
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.1.20 #1", false },
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.6.4 #1", true },
	{ "kernels 2.6.32.60-2.6.33", "2.6.32.59 #1", false },
	{ "kernels 2.6.32.60-2.6.33", "2.6.32.61 #1", true },
};

static void test_vendors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		char *text = tp_printf("issue a\n" BODY "%s\n", vendors[i].lines);
		struct tp_known k;

		for (char *c = strchr(text, ';'); c; c = strchr(c, ';'))
			*c = '\n';
		ok(load(text, &k) == 0 && foretold(&k, vendors[i].kernel, "a", "b", 1u << TP_LOST) ==
						  vendors[i].in,
		   "%s: %s in %.60s", vendors[i].in ? "yes" : "no", vendors[i].lines,
		   vendors[i].kernel);
		tp_known_free(&k);
		free(text);
	}
}

int main(void)
{
	begin();
	test_vendors();
	return end();
}
