# A writer wants to sleep until its batch is done. The leader is faster.
import threading

done = threading.Condition()
with done:
    done.notify()  # the leader wakes the writer, which is not asleep yet
with done:
    print("woken through a condition:", done.wait(timeout=0.1))

token = threading.Event()
token.set()  # the leader leaves a token
print("woken through an event:", token.wait(timeout=0.1))
