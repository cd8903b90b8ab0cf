/* SPDX-License-Identifier: MIT */
/*
 * options.c - the options that the stub itself obeys.
 *
 * An invalid value is an error, never a silent default; unknown words are left to the kernel. Pure.
 * Runs on every way in, perhaps without firmware.
 */
#include "stub/options.h"
#include "lib/crumb.h"
#include "lib/print.h"
#include "lib/words.h"
#include "stub/earlycon.h"

const char *option_regime(uint32_t regime)
{
	return text_item("off\0" "identity\0" "mapped", regime - BOOT_MMU_OFF);
}

/*: mmu=off|identity|mapped
 * Address translation: none (not on x86_64); virtual = physical; or the kernel and all RAM in the
 * upper half. Default: what the kernel asks for, else `identity`.
 */
static bool set_regime(struct options *o, struct word v)
{
	o->regime = BOOT_MMU_OFF;
	while (o->regime <= BOOT_MMU_MAPPED && !word_is(v, option_regime(o->regime)))
		o->regime++;
	return o->regime <= BOOT_MMU_MAPPED;
}

/*: el=keep|1
 * aarch64: the kernel's exception level, as found or EL1. Default: what the kernel asks for, else
 * `keep`.
 */
static bool set_el(struct options *o, struct word v)
{
	o->el = word_is(v, "keep") ? OPTION_EL_KEEP : OPTION_EL_1;
	return o->el == OPTION_EL_KEEP || word_is(v, "1");
}

/*: levels=3|4|5
 * riscv64: levels of page tables, at least (Sv39, Sv48, Sv57). Default: the fewest that reach all
 * memory, the screen and the serial port.
 */
static bool set_levels(struct options *o, struct word v)
{
	o->levels = (uint32_t)*v.text - '0';
	return v.len == 1 && o->levels >= 3 && o->levels <= 5;
}

/*: place=random|stay|ADDRESS
 * Where the image runs: anywhere (default); where it was loaded; or at this physical address, a
 * multiple of 4096.
 */
static bool set_place(struct options *o, struct word v)
{
	uint64_t at = 0;

	if (word_is(v, "random")) {
		o->place = PLACE_RANDOM;
	} else if (word_is(v, "stay")) {
		o->place = PLACE_STAY;
	} else {
		/* 0 is invalid: as an address it means "absent" everywhere */
		if (!text_number(v.text, v.text + v.len, &at) || !at || at % PAGE_SIZE)
			return false;
		o->place = PLACE_FIXED;
	}
	o->place_at = at;
	return true;
}

/* A count of one to five digits, without leading zeros. */
static bool word_count(const char *s, const char *end, uint32_t *out)
{
	uint64_t n;

	if (s == end || *s < '1' || *s > '9' || end - s > 5 || !text_number(s, end, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

/*: video=WIDTHxHEIGHT|max|keep
 * The screen's mode, by its size in pixels, or the one with the most pixels. UEFI: default `keep`,
 * as firmware has it. If the screen lacks the mode, or it cannot be set, the stub warns and keeps
 * firmware's. BIOS, where the 16-bit entry sets it: the largest mode that is neither wider nor
 * higher, default `1024x768`; with `keep`, or without a usable mode, the kernel has no screen. By
 * other ways in, and after `again`, the screen is kept as it is.
 */
static bool set_video(struct options *o, struct word v)
{
	const char *end = v.text + v.len, *x = v.text;

	if (word_is(v, "keep") || word_is(v, "max")) {
		o->video = *v.text == 'k' ? VIDEO_KEEP : VIDEO_MAX;
		return true;
	}
	while (x < end && *x != 'x')
		x++;
	o->video = VIDEO_SIZE;
	return x < end && word_count(v.text, x, &o->video_width) &&
	       word_count(x + 1, end, &o->video_height);
}

/*: fault=STAGE
 * Fault on purpose (load from 0x5eadbeeff000) when a stage of the boot begins, to see how a fault
 * is reported. Any other name is left to the kernel, which may have stages of its own; ours warns.
 */
static bool set_fault(struct options *o, struct word v)
{
	o->fault = OPTIONS_FAULT_KERNEL;
	for (uint32_t stage = 0; stage < CRUMB_STUB_STAGES; stage++)
		if (word_is(v, crumb_name(stage)))
			o->fault = stage + 1;
	return v.len > 0;
}

/*: initrd=PATH
 * A file on the volume we were loaded from, `\like\this`. Ignored if the loader offers an initrd.
 * Repeated: the files are concatenated. PXE, HTTP boot and GRUB 2.06's `linux` name no volume.
 */
/*: module=PATH
 * Another such file, which the kernel gets by this name; may be given 16 times. Without UEFI the
 * loader must have loaded a module of that name.
 */
/*: earlycon=NAME,[io|mmio|mmio16|mmio32,]ADDRESS[,BAUDn8]
 * The serial port, in Linux's syntax, instead of the one in firmware's tables: `pl011,ADDRESS`,
 * `uart8250,io,0x3f8`, `uart8250,mmio,ADDRESS`. NAME may also be `uart` (same as uart8250), `cdns`,
 * `ec_imx21`, `ec_imx6q`, `meson`, `msm_serial_dm`, `qcom_geni`, `exynos4210` or `ar3700_uart`.
 * Only a 16550's speed can be set; by default the speed stays as firmware left it.
 */
/*: debug
 * Print where the image and the breadcrumbs are, before firmware is left.
 */
static bool option_set(struct options *o, struct word w)
{
	struct word v;

	if (word_value(w, "mmu", &v))
		return set_regime(o, v);
	if (word_value(w, "el", &v))
		return set_el(o, v);
	if (ARCH_MODES && word_value(w, "levels", &v))
		return set_levels(o, v);
	if (word_value(w, "place", &v))
		return set_place(o, v);
	if (word_value(w, "fault", &v))
		return set_fault(o, v);
	if (word_value(w, "video", &v))
		return set_video(o, v);
	if (word_value(w, "initrd", &v)) {
		o->initrds++;
		return v.len > 0;
	}
	if (word_value(w, "module", &v)) {
		o->modules++;
		return v.len > 0;
	}
	if (word_value(w, "earlycon", &v))
		return earlycon_parse(v.text, v.len, &o->earlycon, &o->divisor);
	if (word_is(w, "debug"))
		o->debug = true;
	return true;
}

status_t options_parse(const char *text, struct options *out, const char **bad, uint32_t *bad_len)
{
	struct word w;

	*out = (struct options){ .place = PLACE_RANDOM };
	while (word_next(&text, &w)) {
		if (option_set(out, w))
			continue;
		*bad = w.text;
		*bad_len = w.len;
		return ERR_BAD_OPTION;
	}
	return OK;
}

bool options_next(const char **text, const char *name, struct word *value)
{
	struct word w;

	while (word_next(text, &w))
		if (word_value(w, name, value))
			return true;
	return false;
}

const char *options_weakening(const struct options *o)
{
	if (o->regime == BOOT_MMU_OFF)
		return "mmu=off";	/* everything is writable and executable */
	if (o->place != PLACE_RANDOM)
		return "place=";	/* the address is then known beforehand */
	if (o->debug)
		return "debug";		/* prints the address */
	if (o->earlycon.type != BOOT_UART_NONE)
		return "earlycon=";	/* writes bytes to any address */
	return o->fault ? "fault=" : NULL;
}
