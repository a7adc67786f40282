namespace ClamProxy.Soak.Matrix;

/// <summary>What kind of bad day it has.</summary>
internal enum FaultKind
{
    Refuses,
    Hangs,
    ResetsMidway,
    Slow,
    TornReply,
    Garbage,
    Killed,
    Stopped,
    Restarted,
    Reloading,
    DiskFull,
    OutOfDescriptors,
}
