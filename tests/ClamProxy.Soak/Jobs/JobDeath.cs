namespace ClamProxy.Soak.Jobs;

/// <summary>How a part fails at a step.</summary>
internal enum JobDeath
{
    /// <summary>SIGKILL, then started again.</summary>
    Killed,

    /// <summary>
    /// For a server that has everything in memory, which a SIGKILL would lose: all of its connections end and none is taken; then it is
    /// there again with what it had.
    /// </summary>
    CutOff,

    /// <summary>The server does what it was asked, and is killed or cut off before its answer arrives.</summary>
    AnswerLost,

    /// <summary>
    /// A server is stopped (SIGSTOP) for longer than its answers are waited for, then goes on with all that it was asked.
    /// </summary>
    Frozen,

    /// <summary>A worker is stopped (SIGSTOP) for longer than its lease: another one takes the job and ends it, then it goes on.</summary>
    Stopped,
}
