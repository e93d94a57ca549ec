using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Transport;

namespace PandoraSync.Server.Access;

/// <summary>
/// Who is served, and who next. Over the limit a client is connected but not answered until a place is free, as with stock
/// (protocol.md, section 1). Free places go round the addresses that wait, and no address gets all of them. While others wait, a
/// connection must do useful work (<see cref="WorkCredit"/>), or its place is taken back: from the address that holds most as soon as
/// its credit is used up, from any other after a longer time. So whoever keeps connections open, by mistake or on purpose, does not
/// shut the others out.
/// </summary>
internal sealed class ConnectionLimiter : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, Waiters> _addresses = [];
    private readonly LinkedList<IPAddress> _turns = new();
    private readonly int _places;
    private readonly int _perAddress;
    private readonly int _mostWaiting;
    private readonly TimeSpan _longestWait;
    private readonly TimeSpan _longestUseless;
    private readonly Func<TimeSpan> _elapsed;
    private readonly Timer _timer;
    private int _served;
    private int _waiting;
    private bool _closed;

    /// <summary>Makes the places of a server.</summary>
    /// <param name="places">Connections served at once.</param>
    /// <param name="perAddress">Of these, most for one address.</param>
    /// <param name="mostWaiting">Connections that may wait; further ones are turned away.</param>
    /// <param name="longestWait">Where many wait, longest wait of one; 30 s by default.</param>
    /// <param name="longestUseless">While others wait, longest time that any address may hold a place for nothing; 8 s by default.</param>
    /// <param name="elapsed">The time since some moment; a stopwatch by default.</param>
    public ConnectionLimiter(int places, int perAddress, int mostWaiting, TimeSpan? longestWait = null, TimeSpan? longestUseless = null, Func<TimeSpan>? elapsed = null)
    {
        (_places, _perAddress, _mostWaiting) = (places, perAddress, mostWaiting);
        _longestWait = longestWait ?? TimeSpan.FromSeconds(30);
        _longestUseless = longestUseless ?? TimeSpan.FromSeconds(8);
        var clock = Stopwatch.StartNew();
        _elapsed = elapsed ?? (() => clock.Elapsed);
        _timer = new Timer(static self => ((ConnectionLimiter)self!).TakeBack(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>What counts as one address: an IPv4 address, or the /64 network that one IPv6 host has to itself.</summary>
    public static IPAddress KeyOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        for (var i = 8; i < bytes.Length; i++)
            bytes[i] = 0;
        return new IPAddress(bytes);
    }

    /// <summary>Waits for a place; leave it with <see cref="Release"/>.</summary>
    /// <returns>The place; null if too many wait already, or the server stops.</returns>
    public Task<ConnectionPlace?> AcquireAsync(IPAddress key)
    {
        lock (_gate)
        {
            if (!_addresses.TryGetValue(key, out var address))
                address = new Waiters();
            var isFree = _served < _places && address.Served < _perAddress;

            if (!isFree && _waiting >= _mostWaiting / 2)
                TurnAwayLate();

            // As with the places, an eighth of the waiting room is not for any one address alone.
            if (_closed || (!isFree && (_waiting >= _mostWaiting || address.Queue.Count >= _mostWaiting - (_mostWaiting / 8))))
                return Task.FromResult<ConnectionPlace?>(null);
            _addresses[key] = address;
            if (isFree)
                return Task.FromResult<ConnectionPlace?>(Give(key, address));

            var waiter = new Waiter(_elapsed());
            if (address.Queue.Count == 0)
                _turns.AddLast(key);
            address.Queue.Enqueue(waiter);
            if (_waiting++ == 0)
                _timer.Change(LookAgain, LookAgain);
            TakeBackUseless([key]);
            return waiter.Turn.Task;
        }
    }

    /// <summary>Gives a place back; whoever it was taken back for, or is next, gets it.</summary>
    public void Release(ConnectionPlace place)
    {
        Action? next;
        lock (_gate)
        {
            _served--;
            var address = _addresses[place.Key];
            address.Places.Remove(place);
            if (address.Served == 0 && address.Queue.Count == 0)
                _addresses.Remove(place.Key);
            next = place.Heir is { } heir && _addresses.TryGetValue(heir, out var waiters) && waiters.Queue.Count > 0 && waiters.Served < _perAddress
                ? TakeNext(_turns.Find(heir)!)
                : TakeNext();
        }

        next?.Invoke();
    }

    /// <summary>Takes back what is held for nothing while others wait; done by itself too, as long as somebody waits.</summary>
    public void TakeBack()
    {
        lock (_gate)
            TakeBackUseless([.. _turns.Where(k => _addresses[k].Served < _perAddress).OrderBy(k => _addresses[k].Served)]);
    }

    /// <summary>Turns away all that wait.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (var key in _turns)
            {
                foreach (var waiter in _addresses[key].Queue)
                    waiter.Turn.SetResult(null);
                _addresses[key].Queue.Clear();
            }

            _closed = true;
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
            _turns.Clear();
            _waiting = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private ConnectionPlace Give(IPAddress key, Waiters address)
    {
        var place = new ConnectionPlace(key, _elapsed);
        address.Places.Add(place);
        _served++;
        return place;
    }

    private Action? TakeNext()
    {
        for (var turn = _turns.First; turn is not null; turn = turn.Next)
        {
            if (_addresses[turn.Value].Served < _perAddress)
                return TakeNext(turn);
        }

        return null;
    }

    /// <summary>Gives a free place to the first that waits at an address.</summary>
    /// <returns>Tells it so; to be called without the lock.</returns>
    private Action TakeNext(LinkedListNode<IPAddress> turn)
    {
        var address = _addresses[turn.Value];
        _turns.Remove(turn);
        var next = address.Queue.Dequeue();
        if (address.Queue.Count > 0)
            _turns.AddLast(turn);
        CountOut();
        var place = Give(turn.Value, address);
        return () => next.Turn.SetResult(place);
    }

    private void CountOut()
    {
        if (--_waiting == 0)
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Takes places for addresses that wait, those that hold fewest first; where there is none for one, there is none for the next.</summary>
    private void TakeBackUseless(IReadOnlyList<IPAddress> waiting)
    {
        if (_closed)
            return;
        var promised = _addresses.Values.SelectMany(a => a.Places).Where(p => p.IsTakenBack).GroupBy(p => p.Heir!).ToDictionary(g => g.Key, g => g.Count());
        foreach (var key in waiting)
        {
            var mine = promised.TryGetValue(key, out var count) ? count : 0;
            for (var wanted = Math.Min(_addresses[key].Queue.Count, _perAddress - _addresses[key].Served); mine < wanted; mine++)
            {
                if (FindUseless(key, _addresses[key].Served + mine) is not { } place)
                    return;
                place.TakeBackFor(key);
            }
        }
    }

    /// <summary>A place that an address may have, given what it holds; null if there is none.</summary>
    private ConnectionPlace? FindUseless(IPAddress waiting, int holds)
    {
        foreach (var address in _addresses.Where(a => !a.Key.Equals(waiting)).Select(a => a.Value).OrderByDescending(a => a.Kept))
        {
            if (address.Kept <= holds)
                return null;

            // Who holds hardly more than the other has the same right to it: only what is held for nothing for long is taken.
            var limit = address.Kept > holds + 1 ? TimeSpan.Zero : -_longestUseless;
            if (address.Places.Where(p => !p.IsTakenBack).Select(p => (Place: p, p.Credit.Left)).OrderBy(p => p.Left).FirstOrDefault() is { Place: { } place } least && least.Left <= limit)
                return place;
        }

        return null;
    }

    /// <summary>Where many wait, those who have waited for too long make room: their agents have long given up.</summary>
    private void TurnAwayLate()
    {
        for (var turn = _turns.First; turn is not null;)
        {
            var (here, address) = (turn, _addresses[turn.Value]);
            turn = turn.Next;
            while (address.Queue.Count > 0 && _elapsed() - address.Queue.Peek().Since > _longestWait)
            {
                address.Queue.Dequeue().Turn.SetResult(null);
                CountOut();
            }

            if (address.Queue.Count > 0)
                continue;
            if (address.Served == 0)
                _addresses.Remove(here.Value);
            _turns.Remove(here);
        }
    }

    private sealed class Waiters
    {
        public List<ConnectionPlace> Places { get; } = [];

        public int Served => Places.Count;

        /// <summary>Without those that are on their way to others.</summary>
        public int Kept => Places.Count(p => !p.IsTakenBack);

        public Queue<Waiter> Queue { get; } = new();
    }

    private sealed class Waiter(TimeSpan since)
    {
        public TimeSpan Since { get; } = since;

        public TaskCompletionSource<ConnectionPlace?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
