using System.Runtime.CompilerServices;

namespace ClamProxy.Core.Files;

/// <summary>
/// Lets <c>await using</c> dispose of something that may be null without its caller's context: the framework's ConfigureAwait throws for
/// null.
/// </summary>
internal static class OptionalDisposal
{
    public static ConfiguredAsyncDisposable Configured(this IAsyncDisposable? resource) => (resource ?? Nothing.One).ConfigureAwait(false);

    private sealed class Nothing : IAsyncDisposable
    {
        public static readonly Nothing One = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
