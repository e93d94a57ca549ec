using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace PandoraSync.Server;

/// <summary>
/// Who is served, and who next. Over the limit a client is connected but not answered until a place is free, as with stock
/// (protocol.md, section 1). Free places go round the addresses that wait, and no address gets all of them, so that one that
/// keeps its connections open, by mistake or on purpose, does not shut the others out.
/// </summary>
/// <param name="places">Connections served at once.</param>
/// <param name="perAddress">Of these, most for one address.</param>
/// <param name="mostWaiting">Connections that may wait; further ones are turned away.</param>
/// <param name="longestWait">Where many wait, longest wait of one; 30 s by default.</param>
internal sealed class ConnectionPlaces(int places, int perAddress, int mostWaiting, TimeSpan? longestWait = null)
{
    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, Waiters> _addresses = [];
    private readonly LinkedList<IPAddress> _turns = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeSpan _longestWait = longestWait ?? TimeSpan.FromSeconds(30);
    private int _served;
    private int _waiting;
    private bool _closed;

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

    /// <summary>Waits for a place; leave it with <see cref="Leave"/>.</summary>
    /// <returns>False if too many wait already, or the server stops.</returns>
    public Task<bool> EnterAsync(IPAddress key)
    {
        lock (_gate)
        {
            if (!_addresses.TryGetValue(key, out var address))
                address = new Waiters();
            var isFree = _served < places && address.Served < perAddress;

            if (!isFree && _waiting >= mostWaiting / 2)
                TurnAwayLate();

            // As with the places, an eighth of the waiting room is not for any one address alone.
            if (_closed || (!isFree && (_waiting >= mostWaiting || address.Queue.Count >= mostWaiting - (mostWaiting / 8))))
                return Task.FromResult(false);
            _addresses[key] = address;
            if (isFree)
            {
                _served++;
                address.Served++;
                return Task.FromResult(true);
            }

            var waiter = new Waiter(_clock.Elapsed);
            if (address.Queue.Count == 0)
                _turns.AddLast(key);
            address.Queue.Enqueue(waiter);
            _waiting++;
            return waiter.Turn.Task;
        }
    }

    /// <summary>Gives a place back; whoever is next gets it.</summary>
    public void Leave(IPAddress key)
    {
        Waiter? next;
        lock (_gate)
        {
            _served--;
            var address = _addresses[key];
            address.Served--;
            if (address.Served == 0 && address.Queue.Count == 0)
                _addresses.Remove(key);
            next = TakeNext();
        }

        next?.Turn.SetResult(true);
    }

    /// <summary>Turns away all that wait.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (var key in _turns)
            {
                foreach (var waiter in _addresses[key].Queue)
                    waiter.Turn.SetResult(false);
                _addresses[key].Queue.Clear();
            }

            _closed = true;
            _turns.Clear();
            _waiting = 0;
        }
    }

    private Waiter? TakeNext()
    {
        for (var turn = _turns.First; turn is not null; turn = turn.Next)
        {
            var address = _addresses[turn.Value];
            if (address.Served >= perAddress)
                continue;
            _turns.Remove(turn);
            var next = address.Queue.Dequeue();
            if (address.Queue.Count > 0)
                _turns.AddLast(turn);
            address.Served++;
            _served++;
            _waiting--;
            return next;
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
            while (address.Queue.Count > 0 && _clock.Elapsed - address.Queue.Peek().Since > _longestWait)
            {
                address.Queue.Dequeue().Turn.SetResult(false);
                _waiting--;
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
        public int Served { get; set; }

        public Queue<Waiter> Queue { get; } = new();
    }

    private sealed class Waiter(TimeSpan since)
    {
        public TimeSpan Since { get; } = since;

        public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
