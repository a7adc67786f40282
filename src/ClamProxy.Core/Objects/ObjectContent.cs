using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects;

/// <summary>What became of a content that was asked for by its key: one of the three nested here.</summary>
public abstract record ObjectContent
{
    private ObjectContent()
    {
    }

    /// <summary>It is here, whole.</summary>
    /// <param name="Content">The caller's to dispose of.</param>
    public sealed record Here(ISharedContent Content) : ObjectContent;

    /// <summary>Nothing has this key.</summary>
    public sealed record Missing : ObjectContent;

    /// <summary>It could not be brought here.</summary>
    public sealed record Failed(Failure Failure) : ObjectContent;
}
