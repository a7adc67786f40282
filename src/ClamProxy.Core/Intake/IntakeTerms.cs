using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Intake;

/// <summary>What is known of a content before its first byte, and what it may take.</summary>
/// <param name="Length">Its announced length in bytes; null: none was announced.</param>
/// <param name="Clients">In whose share of the spool it counts; null: in nobody's.</param>
/// <param name="TakesAnySize">True: MAX_FILE_SIZE does not bound it, since a policy lets pass what is too large to be scanned.</param>
/// <param name="Progress">Shows what of it is here; null: nobody looks.</param>
/// <param name="Yields">Asked while it grows: whether it gives way where less than half of the room is free; null: never.</param>
public readonly record struct IntakeTerms(
    long? Length,
    WaitingClients? Clients = null,
    bool TakesAnySize = false,
    IntakeProgress? Progress = null,
    Func<bool>? Yields = null);
