/* SPDX-License-Identifier: MIT */
/*
 * trust.c - Secure Boot's state, the TPM's event log, entropy: each may be absent.
 */
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"
#include "lib/fdt.h"
#include "stub/raw/raw.h"
#include "stub/efi/tpm_log.h"

#define LOG_ENTRY	32	/* bytes of the shortest event */

/*
 * A one-byte variable (UEFI 2.10, 3.3); 0 if it is absent, of another size, or has one of the
 * attributes `not`.
 */
static uint8_t trust_variable(const struct efi *e, const struct efi_guid *vendor,
			      const uint16_t *name, uint32_t not)
{
	uint8_t value = 0;
	uint64_t size = sizeof(value);
	uint32_t attributes = 0;

	if (!e->systab->runtime || !e->systab->runtime->get_variable ||
	    e->systab->runtime->get_variable(name, vendor, &attributes, &size, &value) !=
		    EFI_SUCCESS ||
	    size != sizeof(value) || attributes & not)
		return 0;
	return value;
}

/*
 * shim can be told to verify nothing, and says so in a variable that it makes at each boot. One
 * that survives a boot is not shim's: whoever may write variables may have made it.
 */
void efi_find_secure_boot(struct stub *s)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	static const struct efi_guid shim = SHIM_LOCK_GUID;
	const struct efi *e = &s->efi;

	if (trust_variable(e, &global, u"SetupMode", 0))
		s->draft.info.flags |= BOOT_SETUP_MODE;
	else if (trust_variable(e, &global, u"SecureBoot", 0) &&
		 !trust_variable(e, &shim, u"MokSBStateRT", EFI_VARIABLE_NON_VOLATILE))
		s->draft.info.flags |= BOOT_SECURE_BOOT;
}

/* From the first GetEventLog on, firmware writes what it logs into the final events, too. */
static void trust_tpm_log(struct stub *s)
{
	struct efi_tcg2 *tcg = s->efi.tcg;
	const struct efi_tcg2_final *final = (const void *)s->draft.info.tpm_final;
	struct reach *k = &s->efi.reach;

	for (uint32_t format = EFI_TCG2_LOG_2; tcg && format >= EFI_TCG2_LOG_1_2; format--) {
		uint64_t log = 0, last = 0;
		bool truncated = false;

		if (tcg->get_event_log(tcg, format, &log, &last, &truncated) != EFI_SUCCESS || !log)
			continue;
		s->draft.module[DRAFT_LOG] = (struct boot_module){
			.mem = { log, reach_ok(k, log, LOG_ENTRY) && reach_ok(k, last, LOG_ENTRY) ?
					      tpm_log_size(log, last, format) : 0 },
			.kind = BOOT_MODULE_TPM_LOG, .detail = format,
		};
		if (truncated)
			s->draft.info.flags |= BOOT_TPM_LOG_SHORT;
		if (reach_ok(k, s->draft.info.tpm_final, sizeof(*final)))
			s->draft.info.tpm_final_seen = final->events;
		return;
	}
}

/* What a loader of device trees has put there, as U-Boot does that knows no RNG. */
static void trust_tree(struct stub *s)
{
	static const char path[] = "/chosen", names[][12] = { "kaslr-seed", "rng-seed" };
	const struct boot_range *dtb = &s->draft.module[DRAFT_TREE].mem;
	struct fdt_node chosen;
	struct fdt_value v;
	struct fdt f;

	if (!dtb->size || fdt_open(&f, (const void *)dtb->base, dtb->size) != OK ||
	    !fdt_find(&f, path, sizeof(path) - 1, &chosen))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		if (fdt_get(&f, &chosen, names[i], &v))
			raw_seed(s, (void *)v.data, v.len);
}

static bool trust_rng(struct efi_rng *rng, const struct efi_guid *algorithm, struct draft *d)
{
	return rng->get_rng(rng, algorithm, sizeof(d->entropy), d->entropy) == EFI_SUCCESS &&
	       entropy_sound(d->entropy);
}

/*
 * The protocol's own default algorithm if it has no raw one, then the tree's seed, then
 * the CPU's.
 */
static void trust_entropy(struct stub *s)
{
	static const struct efi_guid guid = EFI_RNG_GUID;
	static const struct efi_guid raw = EFI_RNG_RAW_GUID;
	struct efi_rng *rng = efi_first_protocol(&s->efi, &guid);
	struct draft *d = &s->draft;

	d->have_entropy = rng && (trust_rng(rng, &raw, d) || trust_rng(rng, NULL, d));
	if (!d->have_entropy)
		trust_tree(s);
	entropy_complete(d);
}

void efi_find_trust(struct stub *s)
{
	trust_tpm_log(s);
	trust_entropy(s);
}
