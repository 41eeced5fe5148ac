"""The sentence for every constraint of this app's tables: (sentence, field), by subject."""

from projects.constraints import calls, cultivation, experts, incubation, registers

SENTENCES = {
    **calls.SENTENCES,
    **experts.SENTENCES,
    **registers.SENTENCES,
    **cultivation.SENTENCES,
    **incubation.SENTENCES,
}
