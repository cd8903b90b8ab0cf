/* SPDX-License-Identifier: MIT */
/*
 * collect.c - what all collectors have in common: apply the options, set up the console.
 *
 * Prints nothing itself: only the caller knows where to.
 */
#include "stub/collect.h"
#include "arch/boot.h"
#include "arch/collect.h"
#include "lib/console/console.h"
#include "lib/console/uart.h"
#include "lib/crumb.h"
#include "lib/print.h"

/* True if the port that this CPU tries first is an I/O port. */
static bool has_ports(void)
{
	struct boot_uart first;

	arch_default_uart(&first);
	return first.is_port;
}

/* For messages: the loader's name for what it starts. */
static const char *entry_name(uint32_t entry)
{
	static const char names[] = "a UEFI application\0" "a Linux Image\0"
		"Linux in 16-bit mode\0" "Linux in 32-bit mode\0" "Linux in 64-bit mode\0"
		"a PVH guest\0" "a 32-bit UEFI application";

	_Static_assert(BOOT_ENTRY_UEFI == 1, "the first name's");
	_Static_assert(BOOT_ENTRY_UEFI32 == 7, "the last name's");
	return text_item(names, MIN(entry, BOOT_ENTRY_UEFI32) - 1);
}

/* The exception level. kernel_wants.el is ignored by CPUs without levels; el= is not. */
static bool collect_level(const struct options *o, const struct kernel_wants *wants)
{
	const enum option_el el = o->el;

	if (el == OPTION_EL_DEFAULT) {
		(void)arch_level(wants->el == KERNEL_EL_1);
		return true;
	}
	return arch_level(el == OPTION_EL_1);
}

static status_t collect_wants(uint32_t entry, struct kernel_wants *wants, char why[COLLECT_WHY])
{
	const char *bad;

	if (wants_read(wants, &bad) != OK) {
		text_format(why, COLLECT_WHY, "kernel_wants.%s is out of range", bad);
		return ERR_BAD_FORMAT;
	}
	if (wants->closed & KERNEL_CLOSES(entry)) {
		text_format(why, COLLECT_WHY, "this kernel cannot start as %s",
			    entry_name(entry));
		return ERR_UNSUPPORTED;
	}
	return OK;
}

static status_t collect_regime(struct boot_info *info, const struct kernel_wants *wants,
			       const struct options *o, char why[COLLECT_WHY])
{
	info->regime = o->regime;
	if (info->regime == BOOT_MMU_DEFAULT)
		info->regime = wants->regime;
	if (!arch_regime_ok(info->regime)) {
		text_format(why, COLLECT_WHY, "mmu=off: an %s CPU cannot run without paging",
			    arch_name);
		return ERR_UNSUPPORTED;
	}
	if (ARCH_MODES && info->regime != BOOT_MMU_OFF && !arch_levels_ok(1)) {
		text_format(why, COLLECT_WHY, "mmu=%s: the CPU has no paging",
			    option_regime(info->regime));
		return ERR_UNSUPPORTED;
	}
	if (wants->closed & KERNEL_CLOSES_MMU(info->regime)) {
		text_format(why, COLLECT_WHY, "mmu=%s: not for this kernel",
			    option_regime(info->regime));
		return ERR_UNSUPPORTED;
	}
	return OK;
}

status_t collect_words(struct boot_info *info, struct kernel_wants *wants, struct options *o,
			const char *cmdline, bool trusted, uint32_t no_fault, char why[COLLECT_WHY])
{
	const char *bad, *weak;
	uint32_t len;

	TRY(collect_wants(info->entry, wants, why));
	if (options_parse(cmdline, o, &bad, &len) != OK) {
		text_format(why, COLLECT_WHY, "%.*s: invalid value",
			    (int)len, bad);
		return ERR_BAD_OPTION;
	}
	if (o->earlycon.is_port && !has_ports()) {
		text_format(why, COLLECT_WHY, "earlycon=: %s has no I/O ports", arch_name);
		return ERR_BAD_OPTION;
	}
	if (no_fault & (1u << o->fault) >> 1) {
		text_format(why, COLLECT_WHY, "fault=%s: this stage cannot take a fault here",
			    crumb_name(o->fault - 1));
		return ERR_BAD_OPTION;
	}
	weak = options_weakening(o);
	if (weak && info->flags & BOOT_SECURE_BOOT && !trusted) {
		text_format(why, COLLECT_WHY, "%s: disabled by Secure Boot", weak);
		return ERR_SECURITY;
	}
	TRY(collect_regime(info, wants, o, why));
	if (ARCH_MODES && !arch_levels_ok(o->levels)) {
		text_format(why, COLLECT_WHY, "levels=%u: not supported by the CPU",
			    o->levels);
		return ERR_UNSUPPORTED;
	}
	if (!collect_level(o, wants)) {
		text_format(why, COLLECT_WHY, "el=1: %s has no exception levels", arch_name);
		return ERR_UNSUPPORTED;
	}
	if (o->earlycon.type != BOOT_UART_NONE)	/* overrides all tables */
		info->uart = o->earlycon;
	return OK;
}

status_t collect_options(struct draft *d, uint32_t no_fault, char why[COLLECT_WHY])
{
	return collect_words(&d->info, &d->wants, &d->options, d->cmdline, d->cmdline_signed,
			     no_fault, why);
}

void collect_console(const struct draft *d)
{
	console_serial(&d->info.uart, 0);
	uart_speed(&console.uart, d->options.divisor);
}

struct boot_info *draft_info(struct draft *d)
{
	return &d->info;
}
