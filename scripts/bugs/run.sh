# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# run.sh - for scripts/check-bugs: tailpage runs on kernels, and what came of it
#
# Of every kernel there is one record, lines with tabs between their fields, which
# table.awk reads:
#
#	bug     NAME KIND NEEDS FIRST SUBJECT MIRRORS
#	cell    CELL must|may|green
#	fault   STATUS TEXT           there is no kernel, or no run
#	kernel  TEXT                  as the kernel calls itself; tailpage, e2fsprogs
#	try     TIME NUMBER SECONDS   a run, and how long it took
#	case    TIME NUMBER and a line of tailpage's --format lines
#
# Of a bug that is no race NUMBER is 1 for the default plan, which alone tells how fast it is
# found.

record() {
	printf '%s' "$1" >>"$rec" || die $EXIT_MACHINE "cannot write $rec"
	shift
	for field; do
		printf '\t%s' "$field" >>"$rec"
	done
	printf '\n' >>"$rec"
}

# Which cells must or may be red.
record_cells() {
	for cell in $cells; do
		if takes "$cell" "$(header "$1" Red)"; then
			record cell "$cell" must
		elif takes "$cell" "$(header "$1" May)"; then
			record cell "$cell" may
		else
			record cell "$cell" green
		fi
	done
}

record_bug() {
	if [ "$name" = base ]; then
		record bug "$series/base" base "$kind" - "the kernel as it is" -
		for cell in $cells; do
			record cell "$cell" green
		done
	else
		record bug "$series/$name" "$(header "$1" Kind)" "$(header "$1" Needs)" \
			"$(header "$1" First)" "$(header "$1" Subject)" "$(header "$1" Mirrors)"
		record_cells "$1"
	fi
}

machine_words() {
	case $kind in
	uml) printf '%s\n' --kernel "uml:$kernel" ;;
	x86) printf '%s\n' --kernel "qemu:$kernel" --smp 2 --accel tcg ;;
	esac
}

# try TIME NUMBER CELLS SCENARIOS [COVER]: one run; what it found is in the record.
try() {
	rm -rf "$work/results"
	begun=$(date +%s)
	# shellcheck disable=SC2046 # words are wanted
	wait_for "$TAILPAGE" run $(machine_words) --cells "$3" --scenarios "$4" --jobs "$jobs" \
		--seed $(($1 * 1000 + $2)) ${5:+--cover "$5"} --format lines --results "$work/results" \
		>"$work/lines" 2>"$work/said"
	status=$?
	record try "$1" "$2" $(($(date +%s) - begun))
	case $status in
	0 | 1 | 77 | 99) ;;
	*) record fault 3 "tailpage ended with $status: $(grep -v '^\[' "$work/said" | tail -n 1)" ;;
	esac
	[ -s "$work/lines" ] ||
		record fault 3 "tailpage said nothing: $(grep -v '^\[' "$work/said" | tail -n 1)"
	sed -n 's/^# \(tailpage\|kernel\|e2fsprogs\) /\1 /p' "$work/lines" | while read -r line; do
		record kernel "$line"
	done
	sed "/^#/d; s/^/case	$1	$2	/" "$work/lines" >>"$rec"
	! any_stray || keep_evidence "$1.$2"
}

# any_stray: is a cell red that must be green?
any_stray() {
	awk -F '\t' '$1 == "cell" { want[$2] = $3 } $1 == "FAIL" && want[$3] == "green" { stray = 1 }
		END { exit !stray }' "$rec" "$work/lines"
}

# keep_evidence TRY
keep_evidence() {
	evidence=$cache/red-$series-$name-$kind-$key/$1
	mkdir -p "${evidence%/*}" && rm -rf "$evidence"
	cp -R "$work/results" "$evidence" 2>/dev/null && say "the evidence is in $evidence"
}

any_red() { grep -q '^FAIL' "$work/lines"; }

# turn NUMBER CELLS: so many of the list as run at once, others each time.
turn() {
	printf '%s\n' "$2" | tr ',' '\n' | awk -v from=$((($1 - 1) * jobs)) -v take="$jobs" '
		{ cell[NR - 1] = $1 }
		END { for (i = 0; i < take && i < NR; i++) print cell[(from + i) % NR] }' | comma_list
}

# chase TIME FIRST CELLS: a race, with other seeds and cells until it is caught or time is
# over: every variant of the scenario that should see it and all races, in turn.
chase() {
	end=$(($(date +%s) + limit))
	number=1
	while :; do
		some=$(turn $(((number + 1) / 2)) "$3")
		if [ $((number % 2)) -eq 1 ]; then
			try "$1" $number "$some" "$2" 0
		else
			try "$1" $number "$some" "race-*,$2"
		fi
		any_red && return
		grep -q '^case' "$rec" && [ "$(date +%s)" -lt $end ] || return
		number=$((number + 1))
	done
}

# list CELLS: with commas.
list() { printf '%s\n' "$1" | comma_list; }

# others_than CELLS: the rest of the cells.
others_than() { cells_of "*,$(list "$1" | sed 's/,/,!/g; s/^/!/')"; }

# The unpatched kernel under qemu, which is slow, is only asked what races are.
run_base() {
	plan='*'
	plain_copy
	rest=$(others_than "$main")
	[ $kind = uml ] || plan='race-*' rest=''
	time=1
	while [ $time -le "$base_runs" ]; do
		try $time 1 "$(list "$main")" "$plan"
		if [ -n "$rest" ]; then
			try $time 2 "$(list "$rest")" "$plan" 1
		fi
		time=$((time + 1))
	done
}

# plain_copy: what cp and cmp do goes well, even here.  What lies behind the end of a file
# cmp does not see.
plain_copy() {
	plain=$bugs/plain
	[ -d "$plain" ] || return 0
	rm -rf "$work/results"
	# shellcheck disable=SC2046 # words are wanted
	wait_for env TAILPAGE_SCENARIOS="$plain" "$TAILPAGE" run $(machine_words) --cells "$(list "$main")" \
		--jobs "$jobs" --format lines --results "$work/results" >"$work/lines" 2>"$work/said"
	case $? in
	0) ;;
	1)
		seen=$(awk -F '\t' '$1 == "FAIL" && $7 != "beyond-eof" { print $3 }' "$work/lines" | sort -u)
		[ -n "$seen" ] || return 0
		keep_evidence plain
		record fault 1 "cp and cmp see it in $(list "$seen")"
		;;
	*) record fault 3 "no plain copy: $(grep -v '^\[' "$work/said" | tail -n 1)" ;;
	esac
}

# not_red CELLS: those that no line of the record says to be red.
not_red() {
	for cell in $1; do
		grep -q "^case	.*	FAIL	[^	]*	$cell	" "$rec" || printf '%s\n' "$cell"
	done
}

# must_show PATCH: the main cells that must be red; without any, the first other one.
must_show() {
	red=$(cells=$main && cells_of "$(header "$1" Red)")
	printf '%s\n' "${red:-$(cells_of "$(header "$1" Red)" | sed 1q)}"
}

# The default plan in the main cells and in one at least that must be red.  The others need
# no races: the bug is none.
run_deterministic() {
	whole=$(cells_of "$(list "$main"),$(list "$(must_show "$1")")")
	try 1 1 "$(list "$whole")" '*'
	rest=$(others_than "$whole")
	[ -n "$rest" ] || return 0
	try 1 2 "$(list "$rest")" '*,!race-*' 1
	missed=$(cells=$rest && not_red "$(cells_of "$(header "$1" Red)")")
	[ -z "$missed" ] || try 1 3 "$(list "$missed")" '*'
}

run_race() {
	red=$(must_show "$1")
	time=1
	while [ -n "$red" ] && [ $time -le "$times" ]; do
		chase $time "$(header "$1" First)" "$(list "$red")"
		time=$((time + 1))
	done
}

run_bug() {
	plain_copy
	run_"$(header "$1" Kind)" "$1"
}

# asked PATCH: times, limit and runs of the base; what does not matter to it, as if nobody
# had asked.
asked() {
	if [ -z "$1" ]; then
		echo "1 120 $base_runs"
	elif [ "$(header "$1" Kind)" = race ]; then
		echo "$times $limit 1"
	else
		echo "1 120 1"
	fi
}

# done_key PATCH: of all that a record comes from.
done_key() {
	{
		printf '%s\n' "$kernel" "$main" "$cells" "$(asked "$1")"
		[ -z "$1" ] || cat "$1"
		for part in "$TAILPAGE" "$(dirname "$TAILPAGE")/tailpage-agent" "$top/tests/known-issues" \
			"$top"/tests/scenarios/* "$bugs"/plain/*; do
			[ ! -r "$part" ] || cat "$part"
		done
	} | sha256sum | cut -c1-16
}

# run_one BUILT: the line of build_all.
run_one() {
	patch=''
	[ "$name" = base ] || patch=$bugs/$series/$name.patch
	rec=$work/rec
	: >"$rec"
	record_bug "$patch"
	case $1 in
	-*)
		rest=${1#- }
		record fault "${rest%% *}" "${rest#* }"
		;;
	*)
		kernel=$1
		key=$(done_key "$patch")
		finished=$cache/done/$series-$name-$kind-$key
		if [ -n "$resume" ] && [ -s "$finished" ]; then
			cat "$finished" >"$rec"
		else
			rm -rf "$cache/red-$series-$name-$kind-$key"
			if [ "$name" = base ]; then run_base; else run_bug "$patch"; fi
		fi
		grep -q '^fault' "$rec" ||
			{ cp "$rec" "$finished.part" && mv "$finished.part" "$finished"; }
		;;
	esac
	cat "$rec" >>"$work/records"
	awk -f "$top/scripts/bugs/table.awk" -v form=line "$rec" >&2
}

# run_all: every kernel of the list, as it comes out of build_all.
run_all() {
	: >"$work/records"
	# What an earlier run had finished is no part of one that begins anew.
	[ -n "$resume" ] || while read -r series name kind; do
		rm -rf "$cache/done/$series-$name-$kind"-* "$cache/red-$series-$name-$kind"-*
	done <"$work/list"
	while read -r series name kind <&7; do
		read -r built || built="- 3 the builder ended too soon"
		run_one "$built"
	done 7<"$work/list"
}

# how: what was run, in a sentence.
how() {
	rest=$(others_than "$main")
	printf 'The default plan ran in %s' "$(list "$main" | sed 's/,/, /g')"
	[ -z "$rest" ] || printf ', each of its values once in %s' "$(list "$rest" | sed 's/,/, /g')"
	! grep -q '^bug	[^	]*	race' "$work/records" ||
		printf '; races were to be caught %d times, within %d s each' "$times" "$limit"
	echo .
}

# show_table: the exit status of it all.
show_table() {
	awk -f "$top/scripts/bugs/table.awk" -v form=text "$work/records"
	status=$?
	[ -n "$table" ] || return $status
	awk -f "$top/scripts/bugs/table.awk" -v form=page -v date="$(date +%Y-%m-%d)" -v how="$(how)" \
		"$work/records" >"$work/page"
	[ ! -r "$bugs/not-caught" ] || cat "$bugs/not-caught" >>"$work/page"
	if ! cp "$work/page" "$table"; then
		say "error: cannot write $table"
		return $EXIT_MACHINE
	fi
	return $status
}
