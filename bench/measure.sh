# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # what bench/run reads and sets
# measure.sh - for bench/run: one function for each program that is measured
#
# Each leaves what it found in variables: the best of $best runs.

# timed COMMAND...: wall_ms cpu_ms rss_kib of it in $wall, $cpu, $rss.
timed()
{
	/usr/bin/time -o "$W/time" -f '%e %U %S %M' "$@" >"$W/out" 2>&1
	status=$?
	# shellcheck disable=SC2046 # three words
	set -- $(tail -n 1 "$W/time" | awk '{ print $1 * 1000, ($2 + $3) * 1000, $4 }')
	wall=$1 cpu=$2 rss=$3
	return $status
}

# fresh CELL: a file system on $dev, with the cell's options in $options.
fresh()
{
	row=$("$TAILPAGE" list cells | grep "^$1 ") || die "there is no cell $1"
	options=${row##*mount -o }
	mkfs=${row#*mke2fs }
	mkfs=${mkfs%%mount -o *}
	rm -f "$W/img" # who still has it open keeps it
	truncate -s 512M "$W/img"
	# shellcheck disable=SC2086 # words of their own
	mke2fs -q -F -t ext4 $mkfs -m 0 -N $((files + files / 16 + 256)) \
		-E nodiscard,lazy_itable_init=0,lazy_journal_init=0 "$W/img" || die "mke2fs failed"
	dev=$(losetup -f --show "$W/img") || die "there is no loop device"
}

mounted()
{
	fresh "$1"
	mount -t ext4 -o "$options" "$dev" "$W/mnt" 2>/dev/null ||
		mount -t ext4 -o "${options%,*}" "$dev" "$W/mnt" || die "cannot mount $1"
}

unmounted()
{
	umount "$W/mnt" || die "cannot unmount"
	losetup -d "$dev"
}

less()
{
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(b == "" || a + 0 < b + 0) }'
}

# per_second COUNT MS
per_second()
{
	awk -v n="$1" -v ms="$2" 'BEGIN { printf "%.0f", (ms + 0) ? n * 1000 / ms : 0 }'
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { if (b + 0) printf "%.2f", a / b; else printf "-" }'
}

# count MIX: the operations of all plans.  To fsx mapping, access and msync are one.
count()
{
	cat "$W"/r/*/plan | awk -F ' *; *| : ' -v mix="$1" '
		/^file / {
			for (i = 2; i <= NF; i++)
				n += mix != "fsx" || $i !~ /^(map|msync)(@| |$)/
		}
		END { print n }'
}

# bench_tailpage CELL MIX: as many operations in few long sequences as in many short ones.
bench_tailpage()
{
	ops='' time='' memory='' processor=''
	many=$files long=$length
	[ "$2" != fsx ] || many=$((files * length / 400)) long=400
	for ((i = 0; i < best; i++)); do
		rm -rf "$W/r"
		timed "$TAILPAGE" random "$1" --mix "$2" --files "$many" --length "$long-$long" \
			--seed 5 --keep --results "$W/r" --repeat "$(nproc)"
		plan=$(find "$W/r" -name plan | sort | head -n 1)
		[ -s "$plan" ] || die "tailpage did not run: $(tail -n 3 "$W/out")"
		verdict=$(grep -E '^[A-Z]+: ' "$W/out" | sed 's/:.*//')
		ops=$(count "$2")
		less "$wall" "$time" && time=$wall memory=$rss processor=$cpu
	done
	rm -f "$W"/plan.*
	n=0
	for plan in "$W"/r/*/plan; do
		cp "$plan" "$W/plan.$((n += 1))"
	done
	rm -rf "$W/r"
	verified=$(per_second "$ops" "$time")
}

# The agents of all mounts at once, without any bookkeeping: nothing that makes the same
# system calls on these processors can be faster.
bench_floor()
{
	floor=''
	for ((i = 0; i < best; i++)); do
		for plan in "$W"/plan.*; do
			fresh "$1"
			prepare "$plan" "$(sed -n 's/^threads //p' "$plan" | head -n 1)"
			devices="${devices:-} $dev"
		done
		begun=$(date +%s%N)
		for plan in "$W"/now.*; do
			"$TAILPAGE_AGENT" --floor "$plan" "$plan.history" >"$plan.log" 2>&1 &
		done
		wait
		wall=$((($(date +%s%N) - begun) / 1000000))
		for dev in $devices; do
			losetup -d "$dev"
		done
		devices=
		rm -rf "$W"/now.* "$W"/mnt.now.*
		less "$wall" "$floor" && floor=$wall
	done
	floor=$(per_second "$ops" "$floor")
}

# fsx does as many operations as make some seconds; a part of them it skips, for want of
# support or because there is nothing to do.
bench_fsx()
{
	fsx_all='' fsx_done=''
	[ -n "$fsx" ] || return 0
	time=''
	for ((i = 0; i < best; i++)); do
		mounted "$1"
		timed "$fsx" -q -N 10000 -S 5 -P "$W" --record-ops="$W/fsxops" "$W/mnt/file" ||
			die "fsx: $(tail -n 3 "$W/out")"
		unmounted
		less "$wall" "$time" && time=$wall
	done
	fsx_all=$(per_second 10000 "$time")
	fsx_done=$(per_second "$(grep -vc '^skip ' "$W/fsxops")" "$time")
}

bench_fio()
{
	fio_ops=''
	command -v fio >/dev/null || return 0
	time=''
	for ((i = 0; i < best; i++)); do
		mounted "$1"
		timed fio --name=v --directory="$W/mnt" --ioengine=mmap --rw=randwrite --bs=1k \
			--size=16m --numjobs=2 --verify=crc32c --do_verify=1 --verify_fatal=1 \
			--fallocate=none --randseed=1 || die "fio: $(tail -n 3 "$W/out")"
		unmounted
		less "$wall" "$time" && time=$wall
	done
	fio_ops=$(per_second 32768 "$time")
}

bench_stress()
{
	stress_ops=''
	command -v stress-ng >/dev/null || return 0
	mounted "$1"
	timed stress-ng --temp-path "$W/mnt" --verify --metrics-brief --seed 1 --hdd 1 \
		--hdd-write-size 1k --hdd-bytes 16m --fallocate 1 --fallocate-bytes 16m --fpunch 1 \
		--timeout 5
	unmounted
	stress_ops=$(awk '$4 ~ /^(hdd|fallocate|fpunch)$/ && $6 ~ /^[0-9.]+$/ { n += $5; t = $6 + 0 > t ? $6 + 0 : t }
		END { printf "%.0f", (t + 0) ? n / t : 0 }' "$W/out")
}

# prepare PLAN THREADS: it becomes a plan for $dev, in $now.
prepare()
{
	now=$W/now.${1##*.}
	mkdir -p "$W/mnt.${now##*/}"
	sed -e "s#^device .*#device $dev#" -e "s#^mountpoint .*#mountpoint $W/mnt.${now##*/}#" \
		-e "s#^threads .*#threads $2#" "$1" >"$now"
}

# agent CELL THREADS [--floor]: wall and processor time of the first mount's plan.
agent()
{
	fresh "$1"
	prepare "$W/plan.1" "$2"
	rm -f "$W/history"
	# shellcheck disable=SC2086 # perhaps no word
	timed "$TAILPAGE_AGENT" ${3:-} "$now" "$W/history"
	losetup -d "$dev"
	rm -rf "$now" "$W/mnt.${now##*/}"
}

# Times of the agent with and without bookkeeping, and operations a second, by threads.
bench_threads()
{
	by_wall='' by_cpu='' by_ops='' row_json=''
	for n in $threads; do
		full_wall='' full_cpu='' floor_wall='' floor_cpu=''
		for ((i = 0; i < best; i++)); do
			agent "$1" "$n"
			less "$wall" "$full_wall" && full_wall=$wall
			less "$cpu" "$full_cpu" && full_cpu=$cpu
			agent "$1" "$n" --floor
			less "$wall" "$floor_wall" && floor_wall=$wall
			less "$cpu" "$floor_cpu" && floor_cpu=$cpu
		done
		by_wall="$by_wall $(ratio "$full_wall" "$floor_wall")"
		by_cpu="$by_cpu $(ratio "$full_cpu" "$floor_cpu")"
		by_ops="$by_ops $(per_second $((ops / $(nproc))) "$full_wall")"
		row_json="$row_json${row_json:+, }{ \"threads\": $n, \"agent_ms\": $full_wall,"
		row_json="$row_json \"floor_ms\": $floor_wall, \"agent_cpu_ms\": $full_cpu,"
		row_json="$row_json \"floor_cpu_ms\": $floor_cpu }"
	done
}
