# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - TAP 13 and small helpers for tests that run the programs
#
#	. "${abs_top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
#	tmpdir                      $T: a folder of this test's own, gone at exit
#	run "$TAILPAGE" list        $T/out, $T/err and $status
#	is "$status" 0 "it lists"
#	has out "extend-" "what it lists"
#	finish                      the plan, behind the tests

set -u

case ${abs_top_srcdir:=$(dirname "$0")/../..} in
/*) ;;
*) abs_top_srcdir=$(cd "$abs_top_srcdir" && pwd) ;;
esac
: "${abs_top_builddir:=$abs_top_srcdir}"
: "${TAILPAGE:=$abs_top_builddir/tailpage}"
: "${TAILPAGE_AGENT:=$abs_top_builddir/tailpage-agent}"
: "${TAILPAGE_SCENARIOS:=$abs_top_srcdir/tests/scenarios}"
: "${TAILPAGE_LOADS:=$abs_top_srcdir/tests/loads}"
: "${TAILPAGE_KNOWN:=$abs_top_srcdir/tests/known-issues}"
export TAILPAGE TAILPAGE_AGENT TAILPAGE_SCENARIOS TAILPAGE_LOADS TAILPAGE_KNOWN
unset TAILPAGE_TEST_OPS NO_COLOR
PLANT=$abs_top_builddir/tests/plant
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

tests_run=0
tests_failed=0
status=
T=

echo "TAP version 13"
[ -x "$TAILPAGE" ] || { echo "Bail out! there is no program $TAILPAGE"; exit 99; }

# diag TEXT: comments, one a line.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# ok STATUS NAME
ok()
{
	tests_run=$((tests_run + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests_run - $2"
		return 0
	fi
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - $2"
	return 1
}

# skip NAME REASON: one test that cannot be done here.
skip()
{
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

# skip_all REASON: none of this file's tests can be done here.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# is GOT WANT NAME
is()
{
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
		return 0
	fi
	ok 1 "$3"
	diag "got:  $1"
	diag "want: $2"
	tell
}

# What the last run said, below a test that failed.
tell()
{
	[ -s "$T/err" ] && tail -n 10 "$T/err" | sed 's/^/# stderr: /'
	grep -E '"?(title|reason)"?: "' "$T/out" 2>/dev/null | sort | uniq -c | head -n 10 |
		sed 's/^/# stdout: /'
	return 1
}

# has FILE TEXT NAME: the file (of $T, when it is no path) holds the text.
has()
{
	case $1 in /*) has_file=$1 ;; *) has_file=$T/$1 ;; esac
	if grep -qF -e "$2" "$has_file"; then
		ok 0 "$3"
		return 0
	fi
	ok 1 "$3"
	diag "no \"$2\" in $1:"
	head -n 30 "$has_file" | sed 's/^/#   /'
	return 1
}

# lacks FILE TEXT NAME
lacks()
{
	case $1 in /*) has_file=$1 ;; *) has_file=$T/$1 ;; esac
	if [ -e "$has_file" ] && ! grep -qF -e "$2" "$has_file"; then
		ok 0 "$3"
		return 0
	fi
	ok 1 "$3"
	diag "\"$2\" is in $1:"
	head -n 30 "$has_file" | sed 's/^/#   /'
	return 1
}

# run COMMAND...: its exit status in $status, what it said in $T/out and $T/err.
run()
{
	status=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
}

finish()
{
	echo "1..$tests_run"
	[ "$tests_failed" -eq 0 ] && [ "$tests_run" -gt 0 ]
	exit
}

free_kib()
{
	df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }'
}

# A folder for results and images: memory when there is plenty, else a disk.
roomy()
{
	if [ -n "${TMPDIR:-}" ]; then
		echo "$TMPDIR"
	elif [ -w /dev/shm ] && [ "$(free_kib /dev/shm)" -gt 1000000 ]; then
		echo /dev/shm
	else
		echo /tmp
	fi
}

# at_exit COMMAND: what this test must undo; the last one given comes first.
undo=
at_exit()
{
	undo="$1; $undo"
}

clean_up()
{
	trap - EXIT HUP INT TERM
	eval "$undo"
	[ -z "$T" ] || rm -rf "$T"
}

tmpdir()
{
	T=$(mktemp -d "$(roomy)/tailpage-test.XXXXXX") || exit 99
	trap clean_up EXIT
	trap 'clean_up; exit 129' HUP
	trap 'clean_up; exit 130' INT
	trap 'clean_up; exit 143' TERM
}

# left_in FOLDER: what is in it, nothing when it is empty or gone.
left_in()
{
	find "$1" -mindepth 1 2>/dev/null
}

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

# as_nobody COMMAND...: as an ordinary user; as we are, when we are one.
as_nobody()
{
	if ! is_root; then
		"$@"
	elif command -v setpriv >/dev/null 2>&1; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		runuser -u nobody -- "$@"
	fi
}

# Programs and data where nobody may read them; sets TAILPAGE and the others.
for_nobody()
{
	chmod 755 "$T"
	mkdir "$T/bin" "$T/home"
	chmod 777 "$T/home"
	cp "$TAILPAGE" "$T/bin/tailpage"
	cp "$TAILPAGE_AGENT" "$T/bin/tailpage-agent"
	cp -R "$TAILPAGE_SCENARIOS" "$T/bin/scenarios"
	cp "$TAILPAGE_KNOWN" "$T/bin/known-issues"
	chmod -R a+rX "$T/bin"
	TAILPAGE=$T/bin/tailpage TAILPAGE_AGENT=$T/bin/tailpage-agent
	TAILPAGE_SCENARIOS=$T/bin/scenarios TAILPAGE_KNOWN=$T/bin/known-issues
}

# Scenarios that share a mount: the others cannot have hundreds of files in theirs.
# shellcheck disable=SC2034 # for the tests
sharing='*,!full-fs-*,!blocks-reused,!reclaim-*,!race-reclaim-*'

# can_loop: may cases run on the running kernel?  Else the reason in $why.
can_loop()
{
	why=
	if ! is_root; then
		why="needs root"
		return 1
	fi
	grep -q 'ext4$' /proc/filesystems || modprobe -q ext4 2>/dev/null
	[ -e /dev/loop-control ] || modprobe -q loop 2>/dev/null
	grep -q 'ext4$' /proc/filesystems || why="the kernel has no ext4"
	[ -e /dev/loop-control ] || why="there is no /dev/loop-control"
	unshare -m true 2>/dev/null || why="a mount namespace cannot be made"
	[ -z "$why" ]
}

# loops_on TEXT: files below loop devices whose path holds the text.
loops_on()
{
	cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -F -e "$1"
}

# mounts_of TEXT: lines of any mount namespace that hold the text.
mounts_of()
{
	cat /proc/[0-9]*/mountinfo 2>/dev/null | grep -F -e "$1" | sort -u
}

# silent COMMAND...: it has nothing (more) to say; waits for what the kernel
# does by itself, at most 20 s.
silent()
{
	silent_end=$(($(date +%s) + 20))
	while said=$("$@") && [ -n "$said" ]; do
		[ "$(date +%s)" -lt "$silent_end" ] || return 1
		sleep 0.05
	done
	return 0
}

# of_case KEY NAME FILE: the first value of KEY in the case NAME of a report.json.
of_case()
{
	awk -v key="\"$1\":" -v name="\"name\": \"$2\"" '
		index($0, "\"name\": ") { inside = index($0, name) > 0; next }
		inside && $1 == key {
			sub(/^[^:]*: /, "")
			sub(/,$/, "")
			gsub(/^"|"$/, "")
			print
			exit
		}' "$3"
}

# of_run KEY FILE: a value outside of the cases (of the run, of its summary).
of_run()
{
	sed -n "s/^ *\"$1\": \"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\},\\{0,1\\}\$/\\1/p" "$2" | sed 's/,$//;q'
}

# tap_fault FILE: what is wrong with a TAP 13 text; nothing when it is right.
tap_fault()
{
	awk '
		NR == 1 && $0 != "TAP version 13" { print "no version line"; exit }
		NR == 2 && !/^1\.\.[0-9]+$/ { print "no leading plan"; exit }
		NR == 2 { planned = substr($0, 4) + 0 }
		/^(not )?ok / {
			nr++
			number = $1 == "not" ? $3 : $2
			if (number + 0 != nr) { print "line " NR ": number " number; exit }
		}
		NR > 2 && !/^(not )?ok / && !/^#/ && !/^  / && !/^Bail out! / { print "line " NR ": " $0; exit }
		END { if (planned != nr && NR > 1) print "planned " planned ", got " nr + 0 }' "$1"
}
