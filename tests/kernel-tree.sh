# SPDX-License-Identifier: GPL-2.0-or-later
# kernel-tree.sh - a "kernel" that scripts/build-kernel builds in no time, for its tests
#
# A tree with the few targets that are used: a Kconfig, one source, and a hook that
# its makefile runs.  Needs lib.sh, and $T.

# What only real trees need; behind the real ones.
mkdir "$T/tools"
for tool in flex bison bc perl; do
	printf '#!/bin/sh\n' >"$T/tools/$tool"
	chmod +x "$T/tools/$tool"
done
PATH=$PATH:$T/tools
for tool in make flock gcc; do
	command -v $tool >/dev/null || skip_all "there is no $tool"
done
mkdir "$T/home"
chmod 777 "$T/home"
XDG_CACHE_HOME=$T/home/cache
HOME=$T/home
CCACHE_DIR=$T/home/ccache
export XDG_CACHE_HOME HOME CCACHE_DIR
unset CC CROSS_COMPILE HOSTCC KCFLAGS

# make_tree FOLDER
make_tree()
{
	mkdir -p "$1/arch/um" "$1/arch/x86" "$1/arch/frob" "$1/include"
	cat >"$1/Makefile" <<-'END'
		VERSION = 9
		PATCHLEVEL = 1
		SUBLEVEL = 0
		EXTRAVERSION = -fake
		.RECIPEPREFIX = :

		allnoconfig:
		:@grep '^CONFIG_' $(KCONFIG_ALLCONFIG) | while IFS='=' read -r name _; do \
		:	grep -qx "config $${name#CONFIG_}" Kconfig && echo "$$name=y"; \
		:done | sort -u >$(O)/$(KCONFIG_CONFIG)

		linux: $(O)/linux
		bzImage: $(O)/arch/x86/boot/bzImage

		$(O)/linux $(O)/arch/x86/boot/bzImage: main.c $(O)/.config
		:@echo $(ARCH) >>$(O)/made
		:@sh ./hook $(O)
		:mkdir -p $(dir $@) && $(CC) -o $@ main.c
	END
	printf 'config EXT4_FS\nconfig KASAN\nconfig DEBUG_VM\n' >"$1/Kconfig"
	printf 'config AIO\n' >"$1/arch/frob/Kconfig"
	echo 'int main(void) { return 0; }' >"$1/main.c"
	: >"$1/hook"
}
