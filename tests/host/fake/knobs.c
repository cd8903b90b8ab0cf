/* SPDX-License-Identifier: MIT */
/*
 * knobs.c - struct faults as bytes, one for each knob, so that a fuzzer can change them and a case
 * can be its seed. After the knobs come the load options, then (after a zero) the text file.
 */
#include <string.h>
#include "tests/host/fake/fake.h"
#include "tests/host/fake/knobs.h"

#define TEXT_MAX	6000

#define KNOB(field, count, step)	{ offsetof(struct faults, field), (count), (step) }
const struct knob fake_knobs[] = {
	KNOB(machine, MACHINE_8000 + 1, 1), KNOB(lies, 1 << LIE_BITS, 1), KNOB(desc, 16, 8),
	KNOB(desc_then, 16, 8),
	KNOB(desc_call, 6, 1),
	KNOB(desc_said, SAIDS, 1), KNOB(map_fail, 8, 1), KNOB(map_absurd, 8, 1),
	KNOB(map_stack_only, 2, 1),
	KNOB(map_grow, 100, 8), KNOB(map_grows, 12, 1), KNOB(grow, 100, 8),
	KNOB(stale, 41, 1), KNOB(exit_fail, 40, 1), KNOB(alloc_first, 24, 1),
	KNOB(alloc_fail, 24, 1), KNOB(alloc_from, 24, 1), KNOB(no_address, 2, 1),
	KNOB(alloc_again, 8, 1),
	KNOB(table, TABLES, 1), KNOB(no_in, 2, 1), KNOB(con_out, OUTS, 1),
	KNOB(config, CONFIGS, 1), KNOB(tree, TREES, 1), KNOB(null_services, 1 << SERVICE_BITS, 1),
	KNOB(fail_services, 1 << SERVICE_BITS, 1), KNOB(no_self, 2, 1),
	KNOB(no_device, 2, 1), KNOB(shell, 2, 1),
	KNOB(bad_base, 2, 1), KNOB(no_bss, 2, 1), KNOB(path, PATHS, 1),
	KNOB(disk, DISKS, 1), KNOB(file_size, 256, 33), KNOB(file_huge, 2, 1),
	KNOB(read_step, 256, 1), KNOB(read_call, 12, 1), KNOB(gop, GOPS, 1), KNOB(modes, MODESS, 1),
	KNOB(sections, SECTIONSS, 1), KNOB(position_call, 12, 1),
	KNOB(screen_type, 15, 1),
	KNOB(rng, RNGS, 1), KNOB(tcg, TCGS, 1), KNOB(variables, VARSS, 1), KNOB(clock, CLOCKS, 1),
	KNOB(load, LOADS, 1), KNOB(load_size, 256, 129), KNOB(no_random, 3, 1),
	KNOB(has_off, 2, 1), KNOB(no_port, 2, 1), KNOB(no_uart, 2, 1),
	KNOB(levels5, 2, 1), KNOB(no_gib, 2, 1),
	KNOB(options_skew, 8, 1), KNOB(options_null, 2, 1),
	KNOB(options_huge, 2, 1),
};
const uint32_t fake_knobs_count = ARRAY_SIZE(fake_knobs);

static uint32_t *field(struct faults *f, const struct knob *k)
{
	return (uint32_t *)((uint8_t *)f + k->offset);
}

void knob_turn(struct faults *f, uint32_t knob, uint32_t value)
{
	*field(f, &fake_knobs[knob]) = value % fake_knobs[knob].count * fake_knobs[knob].step;
}

void knobs_read(const uint8_t *data, size_t size, struct faults *f)
{
	static char text[TEXT_MAX + 1];
	const uint8_t *zero;

	memset(f, 0, sizeof(*f));
	for (uint32_t i = 0; i < fake_knobs_count && size; i++, size--)
		knob_turn(f, i, *data++);
	if (f->desc && f->desc < sizeof(struct efi_memory_descriptor))
		f->desc = 0;
	if (f->desc_then && f->desc_then < sizeof(struct efi_memory_descriptor))
		f->desc_then = 0;
	if (!size)
		return;
	f->options_size = *data++ ? (uint32_t)(size - 1) : 0;
	size--;
	f->options = data;
	zero = memchr(data, 0, size);
	if (!zero || (size_t)(zero - data) + 1 >= size)
		return;
	size -= (size_t)(zero + 1 - data);
	size = MIN(size, TEXT_MAX);
	memcpy(text, zero + 1, size);
	text[size] = 0;
	f->text = text;
}

size_t knobs_write(const struct faults *f, uint8_t *data, size_t room)
{
	struct faults copy = *f;
	size_t n = 0;

	for (uint32_t i = 0; i < fake_knobs_count; i++) {
		const uint32_t value = *field(&copy, &fake_knobs[i]) / fake_knobs[i].step;

		data[n++] = (uint8_t)MIN(value, fake_knobs[i].count - 1);
	}
	data[n++] = f->options_size != 0;
	if (f->options && f->options_size <= room - n) {
		memcpy(data + n, f->options, f->options_size);
		n += f->options_size;
	}
	if (f->text && strlen(f->text) < room - n) {
		data[n++] = 0;
		memcpy(data + n, f->text, strlen(f->text));
		n += strlen(f->text);
	}
	return n;
}
