namespace ClamProxy.Core.Jobs;

/// <summary>Which jobs are taken first: of five that are taken, four are of high priority where there are any, and one is normal.</summary>
public enum JobPriority
{
    Normal = 0,
    High,
}
