namespace ClamProxy.Core.Redis;

/// <summary>What a call to Redis wants, for its log.</summary>
internal enum RedisCall
{
    FindVerdict = 0,
    SaveVerdict,
    DropVerdict,
    TakeLease,
    RenewLease,
    ReleaseLease,
    SeeLease,
    FindUnproved,
    SaveUnproved,
    DropUnproved,
    FindGiven,
    SaveGiven,
    DropGiven,
    FindCutoffs,
    SaveCutoffs,
}
