namespace ClamProxy.Core.Store;

/// <summary>What reading a stored content whole showed.</summary>
internal enum ContentState
{
    /// <summary>It is not there any more, or another file has taken its place meanwhile.</summary>
    Gone = 0,

    /// <summary>Its bytes are not those of its name, or cannot be read.</summary>
    Damaged,

    /// <summary>Its bytes are those of its name.</summary>
    Whole,
}
