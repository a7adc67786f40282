namespace ClamProxy.Core.Admission;

/// <summary>
/// What one piece of work has of a <see cref="SharedRoom"/>. It counts in the share of one client; when that one no longer wants the work,
/// in that of another one that does, so that nobody pays for what only others still use.
/// </summary>
internal sealed class RoomCharge : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SharedRoom _room;
    private IDisposable? _following;
    private string _payer;
    private long _amount;
    private bool _isReturned;

    /// <param name="room">The room.</param>
    /// <param name="client">In whose share it counts; null: nobody's.</param>
    public RoomCharge(SharedRoom room, string? client) => (_room, _payer) = (room, client ?? WaitingClients.Nobody);

    /// <param name="room">The room.</param>
    /// <param name="clients">In whose shares it may count.</param>
    public RoomCharge(SharedRoom room, WaitingClients clients)
        : this(room, (string?)null) => Follow(clients);

    /// <summary>Takes as much more as the work needs to have this much.</summary>
    public RoomOutcome TryGrowTo(long amount)
    {
        lock (_gate)
        {
            if (amount <= _amount)
            {
                return RoomOutcome.Taken;
            }

            var answer = _room.TryTake(Named(_payer), amount - _amount, ofSameWork: _amount);
            _amount = answer == RoomOutcome.Taken ? amount : _amount;
            return answer;
        }
    }

    /// <summary>From here on one of those who want the work pays for it.</summary>
    public void Follow(WaitingClients clients) => _following = clients.Follow(_ => { }, PassOn, assumed: _payer);

    /// <summary>Gives all of it back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isReturned)
            {
                return;
            }

            _isReturned = true;
            _room.Return(Named(_payer), _amount);
            _amount = 0;
        }

        _following?.Dispose();
    }

    private static string? Named(string payer) => payer == WaitingClients.Nobody ? null : payer;

    private void PassOn(string gone, string other)
    {
        lock (_gate)
        {
            if (gone == _payer)
            {
                _room.Move(Named(gone), Named(other), _amount);
                _payer = other;
            }
        }
    }
}
