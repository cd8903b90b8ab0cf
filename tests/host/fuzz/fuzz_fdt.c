/* SPDX-License-Identifier: MIT */
/* fuzz_fdt.c - the reader of device trees: every answer lies in the blob, every walk ends. */
#include "tests/host/fuzz/fuzz.h"
#include "lib/fdt.h"

static const char *const names[] = {
	"reg", "status", "compatible", "bootargs", "linux,initrd-start", "ranges", "",
};
static const char *const paths[] = { "/", "/chosen", "/memory", "/soc/apb/serial@100", "//", "x" };

static void check_value(const struct fdt *f, const struct fdt_value *v)
{
	const uint8_t *p = v->data;

	CHECK(p >= f->blob && v->len <= f->size - (uint32_t)(p - f->blob));
	CHECK((uintptr_t)p % 4 == 0);
}

static void walk(const struct fdt *f)
{
	struct fdt_node n = { 0 };
	struct fdt_value v;
	struct boot_range r;
	uint32_t nodes = 0, last = 0;

	while (fdt_next(f, &n)) {
		CHECK(n.depth >= 1 && n.depth <= FDT_DEPTH && n.at > last);
		CHECK(n.name < f->size && memchr(f->blob + n.name, 0, f->size - n.name));
		last = n.at;
		nodes++;
		for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
			if (fdt_get(f, &n, names[i], &v))
				check_value(f, &v);
		for (uint32_t i = 0; i < 4 && fdt_reg(f, &n, i, &r); i++)
			;
		fdt_named(f, &n, "memory");
	}
	CHECK(nodes <= f->size / 8 && n.broken <= f->size);
	CHECK(!fdt_next(f, &n));
}

/* The walk down to `depth` sees the same nodes as the whole walk, without the deeper ones. */
static void walk_within(const struct fdt *f, uint32_t depth)
{
	struct fdt_node all = { 0 }, n = { 0 };

	while (fdt_next(f, &all)) {
		if (all.depth > depth)
			continue;
		CHECK(fdt_next_within(f, &n, depth) && n.name == all.name);
		CHECK(n.depth == all.depth && n.at == all.at);
		CHECK(!memcmp(n.body, all.body, n.depth * sizeof(*n.body)));
	}
	CHECK(!fdt_next_within(f, &n, depth) && n.broken == all.broken);
}

static void ask(const struct fdt *f)
{
	struct boot_uart uart = { 0 };
	struct fdt_node n;
	struct fdt_value v;
	struct boot_range r;
	uint64_t start, end;
	bool hvc;

	walk(f);
	for (uint32_t depth = 1; depth <= 3; depth++)
		walk_within(f, depth);
	for (uint32_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (fdt_find(f, paths[i], (uint32_t)strlen(paths[i]), &n) &&
		    fdt_initrd(f, &n, &start, &end))
			CHECK(start != end);
		if (fdt_property(f, paths[i], "bootargs", &v))
			check_value(f, &v);
	}
	if (fdt_console(f, &uart)) {
		CHECK(uart.type != BOOT_UART_NONE && uart.type < BOOT_UART_TYPES);
		CHECK(uart.reg_width <= 4 && uart.reg_shift <= 4 && !uart.is_port);
		CHECK(!(uart.base % uart.reg_width));
		CHECK(uart.type == BOOT_UART_16550 || !uart.reg_shift);
	}
	fdt_psci(f, &hvc);
	for (uint32_t i = 0; fdt_reserved(f, i, &r); i++)
		CHECK(i <= f->size / 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	struct fdt f;
	void *blob;

	world_clear();
	blob = world_put(WORLD, size, &feed);
	if (fdt_open(&f, blob, size) == OK) {
		CHECK(fdt_size(&f) <= size && fdt_size(&f) <= FDT_MAX);
		ask(&f);
	}
	if (size < 64 || data[4])		/* large inputs cost time and are all alike */
		return 0;
	feed = (struct feed){ data, size };
	blob = world_put(WORLD, FDT_MAX, &feed);
	if (fdt_salvage(&f, blob)) {
		struct boot_uart uart;

		walk(&f);
		fdt_console(&f, &uart);
	}
	return 0;
}
