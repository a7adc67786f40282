namespace ClamProxy.Soak.Buckets;

/// <summary>What a client puts, by what becomes of it and by which calls.</summary>
internal enum RaceContent
{
    Clean,
    Infected,

    /// <summary>Clean, and put in parts.</summary>
    CleanParts,

    /// <summary>Too large to be scanned: the store copies it into quarantine.</summary>
    TooLarge,

    /// <summary>Too large to be scanned, and copied in parts.</summary>
    TooLargeParts,
}
