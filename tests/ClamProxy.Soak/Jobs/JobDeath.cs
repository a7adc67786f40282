namespace ClamProxy.Soak.Jobs;

/// <summary>How a part fails at a step.</summary>
internal enum JobDeath
{
    /// <summary>SIGKILL, then started again.</summary>
    Killed,

    /// <summary>The queue's server does what it was asked, and is killed before its answer arrives.</summary>
    AnswerLost,

    /// <summary>A worker is stopped (SIGSTOP) for longer than its lease: another one takes the job and ends it, then it goes on.</summary>
    Stopped,
}
