/* SPDX-License-Identifier: MIT */
/*
 * collect.c - what every collector does the same way: obey the options, complete the entropy.
 *
 * Says nothing itself: the caller knows who listens.
 */
#include "stub/collect.h"
#include "lib/console/console.h"
#include "lib/console/uart.h"
#include "lib/image.h"
#include "lib/print.h"
#include "lib/string.h"

/* Then the port that one tries first is one of them. */
static bool has_ports(void)
{
	struct boot_uart first;

	arch_default_uart(&first);
	return first.is_port;
}

/* As the loader calls what it starts. */
static const char *entry_name(uint32_t entry)
{
	switch (entry) {
	case BOOT_ENTRY_UEFI:	 return "a UEFI application";
	case BOOT_ENTRY_UEFI32:	 return "a 32-bit UEFI application";
	case BOOT_ENTRY_IMAGE:	 return "an arm64 Image";
	case BOOT_ENTRY_LINUX16: return "Linux in 16-bit mode";
	case BOOT_ENTRY_LINUX32: return "Linux in 32-bit mode";
	case BOOT_ENTRY_LINUX64: return "Linux in 64-bit mode";
	default:		 return "a PVH guest";
	}
}

/* The exception level. A kernel that is built for several CPUs may always want EL1. */
static bool collect_level(const struct stub *s)
{
	const enum option_el el = s->draft.options.el;

	if (el == OPTION_EL_DEFAULT) {
		(void)arch_level(s->wants.el == KERNEL_EL_1);
		return true;
	}
	return arch_level(el == OPTION_EL_1);
}

static status_t collect_wants(struct stub *s, char why[COLLECT_WHY])
{
	const uint32_t entry = s->draft.info.entry;
	const char *bad;

	if (wants_read(&s->wants, &bad) != OK) {
		text_format(why, COLLECT_WHY, "this kernel's kernel_wants.%s is out of range", bad);
		return ERR_BAD_FORMAT;
	}
	if (s->wants.closed & KERNEL_CLOSES(entry)) {
		text_format(why, COLLECT_WHY, "this kernel does not support being started as %s",
			    entry_name(entry));
		return ERR_UNSUPPORTED;
	}
	return OK;
}

status_t collect_options(struct stub *s, uint32_t no_fault, char why[COLLECT_WHY])
{
	struct draft *d = &s->draft;
	const char *bad, *weak;
	uint32_t len;

	TRY(collect_wants(s, why));
	if (options_parse(d->cmdline, &d->options, &bad, &len) != OK) {
		text_format(why, COLLECT_WHY, "%.*s: not a value this option can have",
			    (int)len, bad);
		return ERR_BAD_OPTION;
	}
	if (d->options.earlycon.is_port && !has_ports()) {
		text_format(why, COLLECT_WHY, "earlycon=: an %s CPU has no I/O ports", arch_name);
		return ERR_BAD_OPTION;
	}
	if (no_fault & (1u << d->options.fault) >> 1) {
		text_format(why, COLLECT_WHY, "fault=%s: no fault can be taken in this stage here",
			    crumb_name(d->options.fault - 1));
		return ERR_BAD_OPTION;
	}
	weak = options_weakening(&d->options);
	if (weak && d->info.flags & BOOT_SECURE_BOOT) {
		text_format(why, COLLECT_WHY, "%s: not while Secure Boot is on", weak);
		return ERR_SECURITY;
	}
	s->regime = d->options.regime;
	if (s->regime == BOOT_MMU_DEFAULT)
		s->regime = s->wants.regime;
	if (!arch_regime_ok(s->regime)) {
		text_format(why, COLLECT_WHY, "mmu=off: an %s CPU cannot run without paging",
			    arch_name);
		return ERR_UNSUPPORTED;
	}
	if (!collect_level(s)) {
		text_format(why, COLLECT_WHY, "el=1: an %s CPU has no exception levels",
			    arch_name);
		return ERR_UNSUPPORTED;
	}
	if (d->options.earlycon.type != BOOT_UART_NONE)	/* by hand wins over all tables */
		d->info.uart = d->options.earlycon;
	return OK;
}

void collect_console(const struct stub *s)
{
	console_serial(&s->draft.info.uart, 0);
	uart_speed(&console.uart, s->draft.options.divisor);
}

/*
 * Generators were seen to report success and give all ones (RDRAND of AMD's families 15h and 16h
 * after a suspend), nothing but zeros, or no more than a part of what was asked for. No word of 64
 * bits is like its neighbour or comes again by chance.
 */
bool entropy_sound(const uint64_t word[ENTROPY_WORDS])
{
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		if (!word[i] || !~word[i] ||
		    (i && (word[i] == word[i - 1] || word[i] == word[0])))
			return false;
	return true;
}

void entropy_complete(struct draft *d)
{
	if (!d->have_entropy) {
		d->have_entropy = true;
		for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++)
			d->have_entropy &= arch_random(&d->entropy[i]);
		d->have_entropy = d->have_entropy && entropy_sound(d->entropy);
	}
	if (d->have_entropy) {
		if (!d->info.seed_len)		/* a loader's seed may be less */
			d->info.seed_len = sizeof(d->info.seed);
		memcpy(d->info.seed, &d->entropy[ENTROPY_SEED], sizeof(d->info.seed));
	}
}
