namespace ClamProxy.Core.Settings;

/// <summary>Marks an options property that operators set, and says how: by which short variable, and what it takes.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string takes) : Attribute
{
    /// <summary>What a right value looks like, as it ends the line "NAME=value: takes …".</summary>
    public string Takes { get; } = takes;

    /// <summary>The short environment variable, such as <c>CACHE_TTL</c>; null when only the ClamProxy section sets it.</summary>
    public string? Variable { get; init; }

    /// <summary>A second short name of the same setting, such as <c>CLAMD_URL</c>.</summary>
    public string? Alias { get; init; }

    /// <summary>The smallest value taken: seconds for a TimeSpan, bytes for a size.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>The largest value taken: seconds for a TimeSpan, bytes for a size.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The value is a secret, or holds one: it is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>The value is a number of bytes, with K, M or G (1024-based) behind it if wanted.</summary>
    public bool Bytes { get; init; }
}
