# Stops where the coroutine has just been suspended, and prints its frame.
set print pretty on
set print max-depth 2
break new_thread::await_suspend
run
frame 2
print __coro_frame
# Then stops where it goes on, and shows who resumed it.
set print frame-info short-location
break new_thread::await_resume
continue
backtrace 4
