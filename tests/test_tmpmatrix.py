import pytest
from tests import scene as s
@pytest.fixture
def scene(booked, patient_user, other_user, doctor_user, receptionist, manager, clock):
    from datetime import timedelta
    acc = dict(zip(s.PEOPLE, (None, patient_user, other_user, doctor_user, receptionist, manager)))
    return s.make(appointment=booked(), accounts=acc)
@pytest.fixture
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
@pytest.mark.django_db
def test_print(scene, capsys):
    out=[]
    for route,name in s.routes().items():
        path=scene.path(route)
        row=[]
        for m in ("GET","POST","PUT","DELETE","PATCH"):
            row.append(" ".join(str(s.answer(scene,p,m,path).status_code) for p in s.PEOPLE))
        out.append(f"{route:70} {row[0]} | {row[1]} | {row[2]} | {row[3]} | {row[4]}")
    open("/tmp/matrix.txt","w").write("\n".join(out))
