/* SPDX-License-Identifier: MIT */
/*
 * dtbs.c - real device trees: each file named is walked by us and by libfdt, node by node, and the
 * memory and the console that both find are compared.
 *
 * usage: dtbs FILE.dtb...  Last line: how many, and which consoles we drive. Not 0 if any differs.
 */
#include "tests/host/unit/dtc.h"

static struct {
	uint32_t trees, stdout_path, driven, without, without_driven, wrong;
} sum;

static void *file_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	void *blob;

	if (!f || fseek(f, 0, SEEK_END))
		return NULL;
	*size = (size_t)ftell(f);
	rewind(f);
	blob = malloc(*size);
	if (fread(blob, 1, *size, f) != *size)
		*size = 0;
	fclose(f);
	return blob;
}

/* The first range of a memory node below the root, by libfdt. */
static bool memory_theirs(const void *blob, int node, struct boot_range *out)
{
	const int address = fdt_address_cells(blob, 0), size = fdt_size_cells(blob, 0);
	int len;
	const fdt32_t *p = fdt_getprop(blob, node, "reg", &len);

	if (!p || len < (address + size) * 4)
		return false;
	*out = (struct boot_range){ 0 };
	for (int i = 0; i < address + size; i++) {
		uint64_t *to = i < address ? &out->base : &out->size;

		*to = *to << 32 | fdt32_to_cpu(p[i]);
	}
	return true;
}

static const char *same_nodes(const struct fdt *f, const void *blob)
{
	struct fdt_node n = { 0 };
	int depth = 0;

	for (int at = 0; at >= 0 && depth >= 0; at = fdt_next_node(blob, at, &depth)) {
		struct boot_range ours, theirs;
		const char *name = fdt_get_name(blob, at, NULL);
		const char *type = fdt_getprop(blob, at, "device_type", NULL);

		if (!fdt_next(f, &n))
			return "ends early";
		if ((int)n.depth != depth + 1 || strcmp((const char *)f->blob + n.name, name))
			return "another node";
		if (depth == 1 && type && !strcmp(type, "memory") &&
		    memory_theirs(blob, at, &theirs) &&
		    (!fdt_reg(f, &n, 0, &ours) || memcmp(&ours, &theirs, sizeof(ours))))
			return "other memory";
	}
	return fdt_next(f, &n) || n.broken ? "does not end" : NULL;
}

/* The node that /chosen names, by libfdt: its offset, or less than 0. */
static int stdout_theirs(const void *blob)
{
	const char *path = fdt_getprop(blob, fdt_path_offset(blob, "/chosen"), "stdout-path", NULL);

	return path ? fdt_path_offset_namelen(blob, path, (int)strcspn(path, ":")) : -1;
}

static const char *same_console(const struct fdt *f, const void *blob, const char *path)
{
	const int node_chosen = fdt_path_offset(blob, "/chosen");
	const bool chosen = fdt_getprop(blob, node_chosen, "stdout-path", NULL);
	const int node = stdout_theirs(blob);
	struct boot_uart uart = { 0 };
	const bool ours = fdt_console(f, &uart);
	const char *kind = node >= 0 ? fdt_getprop(blob, node, "compatible", NULL) : NULL;
	const fdt32_t *reg = node >= 0 ? fdt_getprop(blob, node, "reg", NULL) : NULL;

	sum.stdout_path += chosen;
	sum.driven += chosen && ours;
	sum.without += !chosen;
	sum.without_driven += !chosen && ours;
	if (!ours)
		printf("%s: no console: %s\n", path,
		       kind ? kind : chosen ? "no such node" : "none named");
	/* buses translate whole pages: the offset in a page is the node's own last address word */
	if (ours && reg && fdt_address_cells(blob, fdt_parent_offset(blob, node)) > 0 &&
	    ((fdt32_to_cpu(reg[fdt_address_cells(blob, fdt_parent_offset(blob, node)) - 1]) ^
	      uart.base) & 0xfff))
		return "another port";
	return NULL;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *wrong = "cannot be opened";
		struct fdt f;
		size_t size;
		void *blob = file_read(argv[i], &size);

		sum.trees++;
		if (blob && fdt_open(&f, blob, size) == OK)
			wrong = same_nodes(&f, blob);
		if (!wrong)
			wrong = same_console(&f, blob, argv[i]);
		if (wrong)
			printf("%s: %s\n", argv[i], wrong);
		sum.wrong += wrong != NULL;
		free(blob);
	}
	printf("dtbs: %u trees, %u differ; %u of %u with stdout-path driven, %u of %u without\n",
	       sum.trees, sum.wrong, sum.driven, sum.stdout_path, sum.without_driven, sum.without);
	return sum.wrong || !sum.trees;
}
