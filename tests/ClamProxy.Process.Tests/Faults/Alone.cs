namespace ClamProxy.Process.Tests.Faults;

/// <summary>
/// Tests that use both cores up, and whose short time-outs would take other tests' load for a fault: one after the other, after all others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
