"""The data class of every field of this app, by subject; columns of the abstract bases are in the kernel's list."""

from projects.data_classes import calls, cultivation, experts, incubation, registers

CLASSES = {
    **calls.CLASSES,
    **experts.CLASSES,
    **registers.CLASSES,
    **cultivation.CLASSES,
    **incubation.CLASSES,
}
