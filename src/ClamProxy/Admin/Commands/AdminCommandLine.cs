using System.CommandLine;

namespace ClamProxy.Admin.Commands;

/// <summary>A command, and what it asks for.</summary>
/// <param name="Command">As it is parsed.</param>
/// <param name="Call">What it asks for, or what is wrong with its arguments.</param>
internal sealed record AdminCommandLine(Command Command, Func<ParseResult, (AdminCall? Call, string? Wrong)> Call)
{
    /// <summary>What it does here without asking anybody, and gives the exit code; null, or giving null: it asks.</summary>
    public Func<ParseResult, Func<bool, TextWriter, TextWriter, int>?>? Local { get; init; }
}
