namespace ClamProxy.Core.Clamd;

/// <summary>What one reply to a scan command says.</summary>
internal enum ReplyKind
{
    /// <summary>No reply by the protocol: it proves nothing.</summary>
    None = 0,

    /// <summary>Exactly <c>stream: OK</c> or <c>fd[n]: OK</c>.</summary>
    Clean,

    /// <summary>A signature's name, then FOUND.</summary>
    Found,

    /// <summary>A reason, then ERROR; or a command it does not know.</summary>
    Error,

    /// <summary>clamd heard nothing for its ReadTimeout and gave the connection up.</summary>
    ReadTimedOut,
}
