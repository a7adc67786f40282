namespace ClamProxy.Reloading;

/// <summary>What stood on the command line of the start: it holds for each reload too.</summary>
internal sealed record StartArguments(string[] Arguments)
{
    // A secret may be among them.
    public override string ToString() => nameof(StartArguments);
}
