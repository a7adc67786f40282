namespace ClamProxy.Core.Spool;

/// <summary>One body's share of a budget; it is given back once.</summary>
internal struct SpoolRoom(SpoolBudget budget)
{
    private long _taken;

    /// <summary>Takes as much more as the body needs to have this many bytes; false when the budget does not have it.</summary>
    public bool TryGrow(long bytes)
    {
        var more = bytes - _taken;
        if (more > 0 && !budget.TryTake(more))
        {
            return false;
        }

        _taken += Math.Max(more, 0);
        return true;
    }

    /// <summary>Gives all of it back.</summary>
    public void Return()
    {
        budget?.Return(_taken);
        _taken = 0;
    }
}
