# SPDX-License-Identifier: GPL-2.0-or-later
# tailpage.m4 - the checks that configure.ac is made of

# TP_CFLAGS_APPEND(VARIABLE, FLAGS)
# Append each of FLAGS that the current compiler takes without a warning.
# -Werror tells clang's "unknown option" warnings from acceptance.
AC_DEFUN([TP_CFLAGS_APPEND], [
tp_cflags_save="$CFLAGS"
for tp_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $tp_flag])
	CFLAGS="$tp_cflags_save $tp_flag -Werror"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
		[AC_MSG_RESULT([yes])
		$1="$$1 $tp_flag"],
		[AC_MSG_RESULT([no])])
done
CFLAGS="$tp_cflags_save"
])

# TP_WARNINGS(VARIABLE)
AC_DEFUN([TP_WARNINGS], [
TP_CFLAGS_APPEND([$1], [-Wall -Wextra -Wshadow -Wmissing-prototypes dnl
-Wmissing-variable-declarations -Wstrict-prototypes -Wsign-compare -Wformat=2 dnl
-Wpointer-arith -Wundef -Wvla])
])

# TP_REQUIRE_MODULES(VARIABLE, MODULES, DEBIAN, FEDORA, OPENSUSE)
# Look for pkg-config MODULES; remember the packages of those that are missing
# so that TP_REQUIRE_DONE can name all of them at once.
AC_DEFUN([TP_REQUIRE_MODULES], [
PKG_CHECK_MODULES([$1], [$2],
	[$1_VERSION=`$PKG_CONFIG --modversion "$2" 2>/dev/null | sed 1q`],
	[TP_MISSING([$2], [$3], [$4], [$5])])
])

# TP_MISSING(WHAT, DEBIAN, FEDORA, OPENSUSE)
AC_DEFUN([TP_MISSING], [
tp_missing="$tp_missing${tp_missing:+, }$1"
tp_missing_deb="$tp_missing_deb $2"
tp_missing_fed="$tp_missing_fed $3"
tp_missing_suse="$tp_missing_suse $4"
])

# xxhash is used as a header; XXH3 came with 0.8.
AC_DEFUN([TP_REQUIRE_XXHASH], [
AC_MSG_CHECKING([for xxhash.h with XXH3])
AC_COMPILE_IFELSE([TP_PROGRAM_XXHASH],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	TP_MISSING([xxhash.h (0.8 or later)],
		[libxxhash-dev], [xxhash-devel], [xxhash-devel])])
])

AC_DEFUN([TP_PROGRAM_XXHASH], [AC_LANG_PROGRAM([[
#define XXH_INLINE_ALL
#include <xxhash.h>
]], [[return (int)XXH3_64bits("a", 1)]])])

AC_DEFUN([TP_REQUIRE_DONE], [
AS_IF([test -z "$PKG_CONFIG"],
	[TP_MISSING([pkg-config], [pkg-config], [pkgconf-pkg-config], [pkg-config])])
AS_IF([test -n "$tp_missing"], [AC_MSG_ERROR([missing: $tp_missing

  Debian, Ubuntu   apt-get install$tp_missing_deb
  Fedora           dnf install$tp_missing_fed
  openSUSE         zypper install$tp_missing_suse

  scripts/quickstart does this, the build and the first run in one command.])])
])

# TP_AGENT
# The agent runs inside the kernel under test, perhaps as the only program
# there: it is linked statically when the C library allows it, and may have a
# compiler of its own.  Sets AGENT_CC, AGENT_CFLAGS, AGENT_CPPFLAGS,
# AGENT_LDFLAGS and AGENT_LIBS, and defines HAVE_LIBURING and HAVE_LIBAIO.
AC_DEFUN([TP_AGENT], [
AC_ARG_WITH([agent-cc],
	[AS_HELP_STRING([--with-agent-cc=CC],
		[compile the agent with CC, for instance musl-gcc])],
	[], [with_agent_cc=])
AS_CASE([$with_agent_cc],
	[yes], [AC_MSG_ERROR([--with-agent-cc needs the name of a compiler])],
	[no|''], [AGENT_CC="$CC"],
	[AGENT_CC="$with_agent_cc"])
AC_ARG_ENABLE([static-agent],
	[AS_HELP_STRING([--disable-static-agent],
		[link the agent to shared libraries: for the running kernel only])],
	[], [enable_static_agent=auto])

tp_save_CC="$CC"
tp_save_CPPFLAGS="$CPPFLAGS"
tp_save_LDFLAGS="$LDFLAGS"
tp_save_LIBS="$LIBS"
CC="$AGENT_CC"
LIBS=
AGENT_CFLAGS=
AGENT_CPPFLAGS=
AGENT_LDFLAGS=
AGENT_LIBS=
TP_AGENT_COMPILER
TP_CFLAGS_APPEND([AGENT_CFLAGS], [-std=gnu11 -pthread])
TP_WARNINGS([AGENT_CFLAGS])
AS_IF([test "x$enable_werror" = xyes], [AGENT_CFLAGS="$AGENT_CFLAGS -Werror"])
TP_AGENT_HEADERS
TP_AGENT_LINKAGE
TP_AGENT_ENGINE([liburing], [uring], [HAVE_LIBURING], [io_uring], [[
#include <liburing.h>
]], [[
	struct io_uring ring;
	struct io_uring_cqe *cqe;

	if (io_uring_queue_init(1, &ring, 0))
		return 1;
	io_uring_prep_write(io_uring_get_sqe(&ring), 0, "", 1, 0);
	return io_uring_submit(&ring) || io_uring_wait_cqe(&ring, &cqe)
]])
TP_AGENT_ENGINE([libaio], [aio], [HAVE_LIBAIO], [libaio], [[
#include <libaio.h>
]], [[
	io_context_t ctx = 0;
	struct io_event event;
	struct iocb iocb, *p = &iocb;

	io_prep_pwrite(&iocb, 0, "", 1, 0);
	return io_setup(1, &ctx) || io_submit(ctx, 1, &p) ||
	       io_getevents(ctx, 1, 1, &event, 0)
]])
CC="$tp_save_CC"
CPPFLAGS="$tp_save_CPPFLAGS"
LDFLAGS="$tp_save_LDFLAGS"
LIBS="$tp_save_LIBS"
AC_SUBST([AGENT_CC])
AC_SUBST([AGENT_CFLAGS])
AC_SUBST([AGENT_CPPFLAGS])
AC_SUBST([AGENT_LDFLAGS])
AC_SUBST([AGENT_LIBS])
])

AC_DEFUN([TP_AGENT_COMPILER], [
AC_MSG_CHECKING([whether the agent's compiler $AGENT_CC works])
AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	[AC_MSG_RESULT([yes])],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([$AGENT_CC cannot make a program; see config.log])])
])

# A compiler for another C library (musl-gcc) may look in that library's own
# folder only and miss the kernel's headers and xxhash.h.  Then the system's
# folders are searched last, after everything the compiler knows itself.
AC_DEFUN([TP_AGENT_HEADERS], [
AC_MSG_CHECKING([where $AGENT_CC finds kernel headers and xxhash.h])
tp_found=no
tp_multiarch=`$tp_save_CC -print-multiarch 2>/dev/null`
for tp_where in '' "-idirafter /usr/include${tp_multiarch:+ -idirafter /usr/include/$tp_multiarch}"; do
	AS_IF([test $tp_found = no], [
		CPPFLAGS="$tp_save_CPPFLAGS $tp_where"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/types.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
		]], [[return (int)XXH3_64bits("a", 1)]])],
			[tp_found=yes
			AGENT_CPPFLAGS="$tp_where"])])
done
AS_IF([test $tp_found = no],
	[AC_MSG_RESULT([nowhere])
	AC_MSG_ERROR([$AGENT_CC cannot compile linux/fs.h and xxhash.h; see config.log])])
AC_MSG_RESULT([${AGENT_CPPFLAGS:-by itself}])
])

AC_DEFUN([TP_AGENT_LINKAGE], [
tp_agent_static=no
tp_agent_linkage="dynamic: --disable-static-agent; runs on the running kernel only"
AS_IF([test "x$enable_static_agent" != xno], [
	AC_MSG_CHECKING([whether $AGENT_CC links statically])
	LDFLAGS="$tp_save_LDFLAGS -static"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <pthread.h>
static void *thread(void *arg) { return arg; }]],
		[[pthread_t id; return pthread_create(&id, 0, thread, 0)]])],
		[AC_MSG_RESULT([yes])
		tp_agent_static=yes
		AGENT_LDFLAGS="-static"
		tp_agent_linkage="static"],
		[AC_MSG_RESULT([no])
		LDFLAGS="$tp_save_LDFLAGS"
		AS_IF([test "x$enable_static_agent" = xyes],
			[AC_MSG_ERROR([--enable-static-agent, but $AGENT_CC cannot link statically; see config.log])])
		tp_agent_linkage="dynamic: $AGENT_CC links nothing statically (no libc.a?); runs on the running kernel only"])])
])

# TP_AGENT_ENGINE(LIBRARY, LINKER-NAME, MACRO, ENGINE, PROLOGUE, BODY)
# -print-file-name finds the archive for a compiler whose library path leads
# elsewhere; the link test says whether the two fit.
AC_DEFUN([TP_AGENT_ENGINE], [
AC_ARG_WITH([$1],
	[AS_HELP_STRING([--without-$1], [leave the $4 engine out of the agent])],
	[], [with_$1=auto])
tp_found=no
tp_why="--without-$1"
AS_IF([test "x$with_$1" != xno], [
	AC_MSG_CHECKING([for $1 in the agent's link])
	LIBS=
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$5], [$6])],
		[tp_why="no $1 that links"
		AS_IF([test $tp_agent_static = yes],
			[tp_why="no $1.a for the static agent (--disable-static-agent can use $1.so)"])
		for tp_lib in -l$2 "`$tp_save_CC -print-file-name=$1.a`"; do
			AS_IF([test $tp_found = no], [
				LIBS="$tp_lib"
				AC_LINK_IFELSE([AC_LANG_PROGRAM([$5], [$6])],
					[tp_found=yes
					AGENT_LIBS="$AGENT_LIBS $tp_lib"])])
		done],
		[tp_why="no usable $1.h for $AGENT_CC"])
	AC_MSG_RESULT([$tp_found])])
AS_IF([test $tp_found = yes],
	[AC_DEFINE([$3], [1], [Define to 1 when the agent has $1.])
	tp_$1_says="yes"],
	[test "x$with_$1" = xyes],
	[AC_MSG_ERROR([--with-$1, but: $tp_why])],
	[tp_$1_says="off: $tp_why; cases of the $4 engine are skipped"])
])
