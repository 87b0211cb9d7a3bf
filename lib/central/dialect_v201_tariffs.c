/* dialect_v201_tariffs.c: sales tariffs in OCPP 2.0.1, as they are sent and as they are told (K15 to K17). */
#include "dialect_v201_tariffs.h"

#include "text.h"

static const enum ocpp201_cost_kind cost_kinds[] = {
    [OCPP_COST_CARBON_DIOXIDE] = OCPP201_COST_KIND_CARBON_DIOXIDE_EMISSION,
    [OCPP_COST_RELATIVE_PRICE] = OCPP201_COST_KIND_RELATIVE_PRICE_PERCENTAGE,
    [OCPP_COST_RENEWABLE] = OCPP201_COST_KIND_RENEWABLE_GENERATION_PERCENTAGE,
};

/* --- as sent --------------------------------------------------------------------------------------------------------------- */

static bool has_room(const struct ocpp_tariff_entry *entry)
{
    bool has = entry->block_count <= OCPP_TARIFF_BLOCKS;

    for (size_t i = 0; has && i < entry->block_count; i++) {
        has = entry->blocks[i].cost_count <= OCPP_TARIFF_COSTS;
    }
    return has;
}

static enum ocpp_status write_block(struct command *command, const struct ocpp_tariff_block *block,
                                    struct ocpp201_consumption_cost *wire)
{
    struct ocpp201_cost *costs = command_take(command, (block->cost_count + 1) * sizeof *costs);

    for (size_t i = 0; costs && i < block->cost_count; i++) {
        const struct ocpp_tariff_cost *cost = &block->costs[i];
        if ((unsigned)cost->kind > OCPP_COST_RENEWABLE) {
            return OCPP_ERR_ARGUMENT;
        }
        costs[i] = (struct ocpp201_cost){
            .cost_kind = cost_kinds[cost->kind],
            .amount = cost->amount,
            .has_amount_multiplier = cost->multiplier != 0,
            .amount_multiplier = cost->multiplier,
        };
    }
    *wire = (struct ocpp201_consumption_cost){ .start_value = block->from_value, .cost = { costs, block->cost_count } };
    return costs ? OCPP_OK : OCPP_ERR_NOMEM;
}

static enum ocpp_status write_entry(struct command *command, const struct ocpp_tariff_entry *entry,
                                    struct ocpp201_sales_tariff_entry *wire)
{
    struct ocpp201_consumption_cost *blocks = command_take(command, (entry->block_count + 1) * sizeof *blocks);
    enum ocpp_status status = blocks ? OCPP_OK : OCPP_ERR_NOMEM;

    for (size_t i = 0; i < entry->block_count && status == OCPP_OK; i++) {
        status = write_block(command, &entry->blocks[i], &blocks[i]);
    }
    *wire = (struct ocpp201_sales_tariff_entry){
        .relative_time_interval = { .start = entry->start_s,
                                    .has_duration = entry->duration_s != OCPP_EV_UNSAID,
                                    .duration = entry->duration_s },
        .has_e_price_level = entry->price_level != OCPP_EV_UNSAID,
        .e_price_level = entry->price_level,
        .consumption_cost = { entry->block_count > 0 ? blocks : NULL, entry->block_count },
    };
    return status;
}

enum ocpp_status central_v201_write_tariff(struct command *command, const struct ocpp_sales_tariff *tariff,
                                           const struct ocpp201_sales_tariff **wire)
{
    struct ocpp201_sales_tariff *fresh = command_take(command, sizeof *fresh);
    struct ocpp201_sales_tariff_entry *entries = command_take(command, (tariff->entry_count + 1) * sizeof *entries);
    enum ocpp_status status = fresh && entries ? OCPP_OK : OCPP_ERR_NOMEM;

    for (size_t i = 0; i < tariff->entry_count && status == OCPP_OK; i++) {
        status = has_room(&tariff->entries[i]) ? write_entry(command, &tariff->entries[i], &entries[i]) : OCPP_ERR_ARGUMENT;
    }
    if (status != OCPP_OK) {
        return status;
    }
    *fresh = (struct ocpp201_sales_tariff){
        .id = tariff->id,
        .sales_tariff_description = tariff->description[0] ? tariff->description : NULL,
        .has_num_e_price_levels = tariff->price_levels != OCPP_EV_UNSAID,
        .num_e_price_levels = tariff->price_levels,
        .sales_tariff_entry = { entries, tariff->entry_count },
    };
    *wire = fresh;
    return OCPP_OK;
}

/* --- as told --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_cost_kind cost_kind_of(enum ocpp201_cost_kind kind)
{
    return kind == OCPP201_COST_KIND_CARBON_DIOXIDE_EMISSION           ? OCPP_COST_CARBON_DIOXIDE
           : kind == OCPP201_COST_KIND_RENEWABLE_GENERATION_PERCENTAGE ? OCPP_COST_RENEWABLE
                                                                       : OCPP_COST_RELATIVE_PRICE;
}

static void read_block(const struct ocpp201_consumption_cost *wire, struct ocpp_tariff_block *block)
{
    block->from_value = wire->start_value;
    block->cost_count = wire->cost.count < OCPP_TARIFF_COSTS ? wire->cost.count : OCPP_TARIFF_COSTS;
    for (size_t i = 0; i < block->cost_count; i++) {
        const struct ocpp201_cost *cost = &wire->cost.items[i];
        block->costs[i] = (struct ocpp_tariff_cost){
            .kind = cost_kind_of(cost->cost_kind),
            .amount = cost->amount,
            .multiplier = cost->has_amount_multiplier ? (int)cost->amount_multiplier : 0,
        };
    }
}

static void read_entry(const struct ocpp201_sales_tariff_entry *wire, struct ocpp_tariff_entry *entry)
{
    const size_t count = wire->consumption_cost.count;

    *entry = (struct ocpp_tariff_entry){
        .start_s = wire->relative_time_interval.start,
        .duration_s = wire->relative_time_interval.has_duration ? wire->relative_time_interval.duration : OCPP_EV_UNSAID,
        .price_level = wire->has_e_price_level ? wire->e_price_level : OCPP_EV_UNSAID,
        .block_count = count < OCPP_TARIFF_BLOCKS ? count : OCPP_TARIFF_BLOCKS,
    };
    for (size_t i = 0; i < entry->block_count; i++) {
        read_block(&wire->consumption_cost.items[i], &entry->blocks[i]);
    }
}

const struct ocpp_sales_tariff *central_v201_read_tariff(struct ocpp_arena *arena, const struct ocpp201_sales_tariff *wire)
{
    const size_t count = wire->sales_tariff_entry.count;
    struct ocpp_sales_tariff *tariff = ocpp_arena_take(arena, sizeof *tariff);
    struct ocpp_tariff_entry *entries = ocpp_arena_take(arena, (count + 1) * sizeof *entries);

    if (!tariff || !entries) {
        return NULL;
    }
    *tariff = (struct ocpp_sales_tariff){
        .id = wire->id,
        .price_levels = wire->has_num_e_price_levels ? wire->num_e_price_levels : OCPP_EV_UNSAID,
        .entries = entries,
        .entry_count = count,
    };
    (void)ocpp_text_copy(tariff->description, sizeof tariff->description,
                         wire->sales_tariff_description ? wire->sales_tariff_description : "");
    for (size_t i = 0; i < count; i++) {
        read_entry(&wire->sales_tariff_entry.items[i], &entries[i]);
    }
    return tariff;
}
