/* SPDX-License-Identifier: MIT */
/* entropy.c - entropy from firmware, or else from the loader's device tree. */
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"
#include "lib/fdt.h"

/* Seeds in the device tree, where U-Boot puts them if it has no RNG protocol. */
static void entropy_tree(struct efi *e, struct draft *d)
{
	static const char names[][12] = { "kaslr-seed", "rng-seed" };
	struct fdt_node chosen;
	struct fdt_value v;
	struct fdt f;

	if (!efi_chosen(e, d, &f, &chosen))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		if (fdt_get(&f, &chosen, names[i], &v))
			entropy_take(d, (void *)v.data, v.len);
}

static bool entropy_rng(struct efi_rng *rng, const struct efi_guid *algorithm, struct draft *d)
{
	return rng->get_rng(rng, algorithm, sizeof(d->entropy), d->entropy) == EFI_SUCCESS &&
	       entropy_healthy(d->entropy);
}

/*
 * The protocol's raw algorithm, else its default, else the device tree's seeds, else the
 * CPU.
 */
void efi_find_entropy(struct efi *e, struct draft *d)
{
	static const struct efi_guid guid = EFI_RNG_GUID;
	static const struct efi_guid raw = EFI_RNG_RAW_GUID;
	struct efi_rng *rng = efi_first_protocol(e, &guid);

	d->have_entropy = rng && (entropy_rng(rng, &raw, d) || entropy_rng(rng, NULL, d));
	if (!d->have_entropy)
		entropy_tree(e, d);
	entropy_complete(d);
}
