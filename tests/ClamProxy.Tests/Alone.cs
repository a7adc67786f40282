namespace ClamProxy.Tests;

/// <summary>Tests that measure what the whole process does, and so run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
