namespace ClamProxy.Core.Intake;

/// <summary>How a copy ended.</summary>
internal enum CopyEnd
{
    /// <summary>Reading it failed.</summary>
    Broken = 0,

    /// <summary>All of it was handed over.</summary>
    Whole,

    /// <summary>It ended before its announced length.</summary>
    Shorter,

    /// <summary>It went on after its announced length.</summary>
    Longer,

    /// <summary>Nothing came for as long as a silence may last.</summary>
    Silent,

    /// <summary>It took longer than it may in all.</summary>
    OverTime,

    /// <summary>It came more slowly than it may.</summary>
    BelowRate,

    /// <summary>The sink takes no more.</summary>
    Refused,
}
