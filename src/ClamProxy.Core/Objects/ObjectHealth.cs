namespace ClamProxy.Core.Objects;

/// <summary>How the store of jobs' contents is, for whoever asks without waiting.</summary>
public sealed class ObjectHealth
{
    private readonly IObjectStore _store;

    internal ObjectHealth(IObjectStore store) => _store = store;

    /// <summary>The bucket's or the folder's name.</summary>
    public string Name => _store.Name;

    /// <summary>Why nothing can be kept at the moment, in words; null: nothing is known against it.</summary>
    public string? Problem => _store.Problem;
}
