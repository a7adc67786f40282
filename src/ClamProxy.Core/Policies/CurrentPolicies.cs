namespace ClamProxy.Core.Policies;

/// <summary>The policies in force: those of the start, or of the last reload. Whoever asks takes them once for one content.</summary>
public sealed class CurrentPolicies(PolicyOptions options)
{
    private volatile PolicyOptions _options = options;

    public PolicyOptions Options => _options;

    /// <summary>From now on these hold.</summary>
    public void Use(PolicyOptions options) => _options = options;
}
