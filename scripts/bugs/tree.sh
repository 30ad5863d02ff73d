# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# tree.sh - for scripts/check-bugs: kernel sources with and without a bug, and kernels
#
#	CACHE/SERIES/tree       the sources, with at most one patch
#	CACHE/SERIES/pristine   the files as they were that any patch ever touched
#	CACHE/SERIES/added      names of files that patches ever added
#	CACHE/SERIES/uml, x86   where they are built
#	CACHE/kernels           the kernels; a name ends with a digest of what went in
#
# What is in pristine tells how to take a patch back, at whatever moment the last
# run was killed.  What is put back is newer than any object: make sees it.

archive_of() { printf '%s/linux-source-%s.tar.xz\n' "$sources" "$1"; }

archive_id() { stat -L -c '%s %Y' -- "$(archive_of "$1")"; }

# fault TEXT: why there is no kernel, in one line.
fault() {
	printf '%s\n' "$*" | tr '\n\t' '  ' | sed 's/ *$//' >"$work/fault"
	return 1
}

# All files get the time of now: make must see them newer than older objects.
unpack() {
	rm -rf "$home/tree" "$home/tree.part" "$home/pristine" "$home/added" &&
		mkdir -p "$home/tree.part" "$home/pristine" && : >"$home/added" || return
	say "unpack $(archive_of "$series")"
	wait_for tar -xmf "$(archive_of "$series")" -C "$home/tree.part" \
		--strip-components=1 2>"$work/tar" || return
	archive_id "$series" >"$home/archive" && mv "$home/tree.part" "$home/tree" &&
		touch "$home/unpacked"
}

# strange_file: one that is newer than the archive's, and not by a patch.
strange_file() {
	find "$home/tree" -newer "$home/unpacked" ! -type d | sed "s,^$home/tree/,," |
		while read -r file; do
			[ -e "$home/pristine/$file" ] || grep -qxF -e "$file" "$home/added" ||
				printf '%s\n' "$file"
		done | sed 1q
}

# open_tree: of this series, as it was unpacked.  Whoever else uses it waits.
open_tree() {
	home=$cache/$series
	mkdir -p "$home" && (: >>"$home/lock") || fault "cannot write to $home" || return
	exec 8>"$home/lock"
	if ! flock -n 8; then
		say "waiting for another check-bugs: $home/lock"
		wait_for flock 8
	fi
	if [ ! -d "$home/tree" ] ||
		[ "$(cat "$home/archive" 2>/dev/null)" != "$(archive_id "$series")" ]; then
		unpack || fault "cannot unpack $(archive_of "$series"): $(tail -n 1 "$work/tar")" ||
			return
	fi
	strange=$(strange_file)
	[ -z "$strange" ] || say "$home/tree/$strange was changed by somebody"
	[ -z "$strange" ] || unpack || fault "cannot unpack $(archive_of "$series")"
}

# restore: the tree as it was unpacked.
restore() {
	(cd "$home/pristine" && find . -type f ! -name '*.part') | while read -r file; do
		cmp -s "$home/pristine/$file" "$home/tree/$file" ||
			cp "$home/pristine/$file" "$home/tree/$file" || exit 1
	done || return
	while read -r file; do
		rm -f "$home/tree/$file" || return
	done <"$home/added"
}

# touched PATCH: the files that it changes or adds.
touched() {
	sed -n 's,^+++ [^/]*/\([^	]*\).*,\1,p; s,^--- a/\([^	]*\).*,\1,p' "$1" | sort -u
}

# remember FILE: as it is in the tree, unless that is known already.
remember() {
	[ ! -e "$home/pristine/$1" ] || return 0
	if [ -e "$home/tree/$1" ]; then
		mkdir -p "$home/pristine/$(dirname "$1")" &&
			cp "$home/tree/$1" "$home/pristine/$1.part" &&
			mv "$home/pristine/$1.part" "$home/pristine/$1"
	else
		grep -qxF -e "$1" "$home/added" || printf '%s\n' "$1" >>"$home/added"
	fi
}

# put_in PATCH
put_in() {
	files=$(touched "$1")
	[ -n "$files" ] || fault "$1 changes no file" || return
	case "/$files/" in */../*) fault "$1 leaves the tree" || return ;; esac
	if ! patch -d "$home/tree" -p1 -f -s --dry-run <"$1" >"$work/patch" 2>&1; then
		fault "does not apply: $(sed 1q "$work/patch")" || return
	fi
	for file in $files; do
		remember "$file" || fault "cannot write to $home" || return
	done
	patch -d "$home/tree" -p1 -f -s --no-backup-if-mismatch <"$1" >"$work/patch" 2>&1 ||
		fault "cannot be applied: $(sed 1q "$work/patch")"
}

# key_of PATCH: of all that a kernel comes from; the header of the patch does not count.
key_of() {
	{
		[ -z "$1" ] || sed -n '/^\(diff \|--- \)/,$p' "$1"
		archive_id "$series"
		cat "$top/scripts/build-kernel" "$top"/scripts/kernel/*.config
		printf '%s %s\n' "$kind" "${KCFLAGS:-}"
		${CC:-gcc} --version
	} | sha256sum | cut -c1-16
}

# store FILE KERNEL: in the place of older ones of this bug.
store() {
	cp "$1" "$2.part" && mv "$2.part" "$2" || fault "cannot write $2" || return
	for old in "${2%-*}"-*; do
		[ "$old" = "$2" ] || rm -f "$old"
	done
}

# compile KERNEL
compile() {
	out=$home/$kind
	started=$(date +%s)
	wait_for nice -n 3 "$top/scripts/build-kernel" "$home/tree" "--$kind" --out "$out" --jobs "$jobs" \
		>"$work/path" 2>"$work/build"
	case $? in
	0) ;;
	1) fault "does not build: $(grep -m 1 -E '[:0-9]+: *error:' "$out/build.log")" || return ;;
	*) fault "$(grep -m 1 'error:' "$work/build")" || return 3 ;;
	esac
	store "$(cat "$work/path")" "$1" || return 3
	say "$series/$name, $kind: built in $(($(date +%s) - started)) s"
}

# build_one PATCH: the path of its kernel in $kernel.  Status 3: it is this machine.
build_one() {
	kernel=$cache/kernels/$series-$name-$kind-$(key_of "$1")
	[ ! -s "$kernel" ] || return 0
	if [ "$opened" != "$series" ]; then
		open_tree || return 3
		opened=$series
	fi
	restore || fault "cannot restore $home/tree" || return 3
	if [ -n "$1" ]; then
		put_in "$1" || return 1
	fi
	compile "$kernel"
}

# build_all: a line for each kernel of the list, as soon as it is there: its path, or
# "-", a status and why there is none.
build_all() {
	opened=''
	trap 'stop_child; exit 143' TERM
	while read -r series name kind; do
		patch=''
		[ "$name" = base ] || patch=$bugs/$series/$name.patch
		if build_one "$patch"; then
			printf '%s\n' "$kernel"
		else
			printf -- '- %s %s\n' $? "$(cat "$work/fault")"
		fi
	done <"$work/list"
}

# say_built: what came of each, when nothing is to be run; the worst of all in $status.
say_built() {
	status=0
	while read -r series name kind <&7; do
		read -r built || built="- 3 the builder ended too soon"
		case $built in
		-*)
			said=${built#- }
			say "$series/$name, $kind: ${said#* }"
			[ "${said%% *}" -le $status ] || status=${said%% *}
			;;
		*) printf '%s\n' "$built" ;;
		esac
	done 7<"$work/list"
}
