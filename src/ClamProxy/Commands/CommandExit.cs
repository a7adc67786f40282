namespace ClamProxy.Commands;

/// <summary>The exit codes of the commands that ask for verdicts.</summary>
internal static class CommandExit
{
    /// <summary>Every file is clean.</summary>
    public const int Clean = 0;

    /// <summary>At least one was refused, whatever else happened.</summary>
    public const int Refused = 1;

    /// <summary>None was refused, but of at least one nothing is known: not found, another content, no answer, interrupted.</summary>
    public const int Failed = 2;

    /// <summary>EX_USAGE of sysexits.h: wrong arguments, or a list that cannot be read. Nothing was asked for.</summary>
    public const int Usage = 64;
}
