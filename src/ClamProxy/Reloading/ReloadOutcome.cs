namespace ClamProxy.Reloading;

/// <summary>What became of a reload.</summary>
internal enum ReloadOutcome
{
    None = 0,

    /// <summary>The new configuration is in force, as far as a reload can bring it.</summary>
    Done,

    /// <summary>It says what the one in force says.</summary>
    Unchanged,

    /// <summary>It is wrong: the one before stays in force.</summary>
    Refused,
}
